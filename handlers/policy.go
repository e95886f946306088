package handlers

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"vitrine/static"
)

// policy holds what a Content-Security-Policy is made of, but for the nonce.
type policy struct {
	scripts        string // our own
	runtimeScripts string
	connect        string // ourselves
	runtime        string // where qlik-embed's runtime comes from
	tenant         string
	socket         string // the tenant's WebSockets
	framedBy       string
}

// sources is what a page needs beyond our own origin; style replaces the nonce.
type sources struct{ script, style, img, font, connect, worker, frame string }

func newPolicy(d Deps) policy {
	runtime := append([]string{d.EmbedRuntimeURL}, d.EmbedSources...)
	runtimeScripts := slices.Clone(runtime)
	for i, source := range runtime {
		runtime[i] = originOf(source)
		runtimeScripts[i] = scriptSource(source, d.PublicURL)
	}
	p := policy{
		// What @qlik/api loads in any page is the tenant's, and no upload.
		scripts: d.PublicURL + static.Prefix + " " + d.PublicURL + relayPrefix + "/qlik-embed/", runtimeScripts: strings.Join(runtimeScripts, " "),
		// Safari took 'self' to leave out WebSockets for long: spelled out.
		connect: "'self' " + socketOrigin(d.PublicURL), runtime: strings.Join(runtime, " "),
		tenant: originOf(d.TenantURL), socket: socketOrigin(d.TenantURL), framedBy: "'none'",
	}
	if len(d.EmbedOrigins) > 0 {
		p.framedBy = strings.Join(d.EmbedOrigins, " ")
	}
	return p
}

// scriptSource is where the scripts of an embed runtime come from. On our own
// origin that is not the whole of it: what app authors upload is there, too.
func scriptSource(runtime, publicURL string) string {
	if originOf(runtime) != publicURL {
		return originOf(runtime)
	}
	runtime = strings.TrimSuffix(runtime, "/")
	return runtime + "/qlik-embed/ " + runtime + "/resources/"
}

func socketOrigin(address string) string { return "ws" + strings.TrimPrefix(originOf(address), "http") }

// originOf cuts the path off an address: a source with a path would stop
// matching after a redirect.
func originOf(address string) string {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		return ""
	}
	host, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + host
}

// header writes the policy: nothing from elsewhere but what s names, no script
// or style without this response's nonce or from our own files.
func (p policy) header(nonce string, s sources, framedBy string) string {
	if s.style == "" {
		s.style = "'nonce-" + nonce + "'"
	}
	var b strings.Builder
	write := func(directive string, values ...string) {
		b.WriteString(directive)
		for _, value := range values {
			if value != "" {
				b.WriteString(" " + value)
			}
		}
		b.WriteString("; ")
	}
	write("default-src", "'none'")
	write("script-src", p.scripts, "'nonce-"+nonce+"'", s.script)
	write("style-src", "'self'", s.style)
	write("img-src", "'self'", "data:", s.img)
	write("font-src", "'self'", s.font)
	write("connect-src", p.connect, s.connect)
	if s.worker != "" {
		write("worker-src", "'self'", s.worker)
	}
	if s.frame != "" {
		write("frame-src", s.frame)
	}
	write("manifest-src", "'self'")
	return b.String() + fmt.Sprintf("form-action 'self'; frame-ancestors %s; base-uri 'none'", framedBy)
}

// nothing beyond ourselves: the charts of nebula.js are our own files, and put
// the nonce on their styles.
func (policy) nothing() sources { return sources{} }

// qlikEmbed: the runtime comes from the tenant, sets inline styles, and may
// open a frame of ours.
func (p policy) qlikEmbed() sources {
	return sources{
		script: p.runtimeScripts, style: "'unsafe-inline' " + p.runtime, img: "blob: " + p.runtime, font: "data: " + p.runtime,
		connect: p.runtime, worker: "blob: " + p.runtime, frame: "'self'",
	}
}

// tenantFrame: the tenant's own page in a frame, and its users/me, which tells
// whether it knows the person.
func (p policy) tenantFrame() sources { return sources{frame: p.tenant, connect: p.tenant} }

// tenantScripts is the widest: the Capability APIs are the tenant's scripts in
// our page. AngularJS, which they are made of, compiles templates with eval.
func (p policy) tenantScripts() sources {
	return sources{
		script: "'unsafe-eval' " + p.withTenant(p.runtimeScripts), style: "'unsafe-inline' " + p.withTenant(p.runtime),
		img: "blob: " + p.withTenant(p.runtime), font: "data: " + p.withTenant(p.runtime),
		connect: p.socket + " " + p.withTenant(p.runtime), worker: "blob:", frame: p.tenant,
	}
}

// withTenant adds the tenant to sources that may hold it already.
func (p policy) withTenant(sources string) string {
	if strings.Contains(" "+sources+" ", " "+p.tenant+" ") {
		return sources
	}
	return p.tenant + " " + sources
}

// tenantData: a page that may talk to the tenant directly.
func (p policy) tenantData() sources { return sources{connect: p.tenant + " " + p.socket} }

// allow widens this response's policy.
func (h *Handlers) allow(c *gin.Context, s sources) {
	framedBy := "'none'"
	if c.GetBool(framedKey) {
		framedBy = h.policy.framedBy
	}
	c.Header(policyHeader, h.policy.header(cspNonce(c), s, framedBy))
}

const framedKey = "may be framed"

// allowFraming lets the pages of EMBED_ORIGINS frame this response.
func (h *Handlers) allowFraming(c *gin.Context) {
	if len(h.EmbedOrigins) == 0 {
		return
	}
	c.Set(framedKey, true)
	// X-Frame-Options knows no list; browsers that know frame-ancestors pass
	// over it anyway (CSP level 2, section 7.7.1).
	c.Writer.Header().Del("X-Frame-Options")
	// Cross-Origin-Resource-Policy stays: frames are not asked for it, unless
	// their parent has an embedder policy, and then it alone would not do.
	h.allow(c, sources{})
}
