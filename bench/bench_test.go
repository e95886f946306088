package bench

import (
	"compress/gzip"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"vitrine/demo"
)

// BenchmarkStart reports how long the program takes from its start to ready.
func BenchmarkStart(b *testing.B) {
	var total time.Duration
	for range b.N {
		total += startPortal(b, nil).started
	}
	b.ReportMetric(float64(total.Milliseconds())/float64(b.N), "ms-to-ready")
}

// BenchmarkSignInVerified reports our own CPU time for a full sign-in with an ID
// token that has to be verified. That of one without is in the table.
func BenchmarkSignInVerified(b *testing.B) {
	p := startPortal(b, func(s *demo.Settings) { s.OIDC = true }, "QLIK_SCOPES=openid user_default offline_access")
	at := p.tenant.NewBrowser(b)
	p.signIn(b, newClient(b), at) // metadata, keys and connections are at hand after one
	before := p.cpu(b)
	b.ResetTimer()
	for range b.N {
		p.signIn(b, newClient(b), at)
	}
	b.StopTimer()
	b.ReportMetric(perOp(b, p.cpu(b)-before), "cpu-ms/sign-in")
}

// BenchmarkRequest reports our own CPU time, and the commands to Redis, for
// requests of a signed-in person to whom the demo tenant answers.
func BenchmarkRequest(b *testing.B) {
	for _, path := range []string{"/", "/qlik/api/v1/items?limit=10"} {
		b.Run(strings.Trim(strings.ReplaceAll(path, "/", "-"), "-"), func(b *testing.B) {
			p := startPortal(b, nil)
			c := newClient(b)
			p.signIn(b, c, p.tenant.NewBrowser(b))
			get(b, c, p.url+path, "gzip")
			cpu, asked := p.cpu(b), commands(b, p.redis.Addr)
			b.ResetTimer()
			for range b.N {
				if resp, _ := get(b, c, p.url+path, "gzip"); resp.StatusCode != http.StatusOK {
					b.Fatalf("%s: %d", path, resp.StatusCode)
				}
			}
			b.StopTimer()
			b.ReportMetric(perOp(b, p.cpu(b)-cpu), "cpu-ms/request")
			// One command is the question itself.
			b.ReportMetric(float64(commands(b, p.redis.Addr)-asked-1)/float64(b.N), "redis-commands/request")
		})
	}
}

var assetLink = regexp.MustCompile(`(?:href|src)="(/static/[^"]+)"`)

// BenchmarkHomeWeight reports what a first view of the signed-in home page
// transfers: the page and every file of ours that it names, thumbnails aside.
func BenchmarkHomeWeight(b *testing.B) {
	p := startPortal(b, nil)
	c := newClient(b)
	p.signIn(b, c, p.tenant.NewBrowser(b))
	var total int
	for range b.N {
		page, size := get(b, c, p.url+"/", "gzip")
		zip, err := gzip.NewReader(page.Body)
		if err != nil {
			b.Fatal(err)
		}
		html, err := io.ReadAll(zip)
		if err != nil {
			b.Fatal(err)
		}
		total = size
		seen := map[string]bool{}
		for _, link := range assetLink.FindAllStringSubmatch(string(html), -1) {
			address := mustParse(b, p.url).JoinPath(link[1]).String()
			if !seen[address] {
				seen[address] = true
				_, size := get(b, c, address, "br, gzip")
				total += size
			}
		}
	}
	b.ReportMetric(float64(total)/1000, "KB-first-view")
}

func perOp(b *testing.B, d time.Duration) float64 {
	b.Helper()
	return float64(d.Microseconds()) / 1000 / float64(b.N)
}
