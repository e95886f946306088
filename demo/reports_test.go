package demo_test

import (
	"bytes"
	"fmt"
	"image/png"
	"strings"
	"testing"
	"time"

	"vitrine/demo/demotest"
)

// reportBody is a good request for a picture, with some text of it replaced.
func reportBody(app string, changes ...string) string {
	body := fmt.Sprintf(`{"type":"sense-image-1.0","meta":{"exportDeadline":"P0Y0M0DT0H8M0S","outputTtl":"PT1H"},
		"senseImageTemplate":{"appId":%q,"visualization":{"id":"sales-by-month","type":"visualization","widthPx":640,"heightPx":360}},
		"output":{"type":"image","outputId":"chart1","imageOutput":{"outFormat":"png","outDpi":96,"outZoom":1.5}}}`, app)
	return strings.NewReplacer(changes...).Replace(body)
}

func TestReportBecomesAPicture(t *testing.T) {
	c := newClock()
	s := demotest.New(t, withClock(c))
	token := s.AccessToken(t, s.Viewer())
	a := call(t, s, token, "POST", "/api/v1/reports", reportBody(firstApp(t, s, token, "")))
	status := a.header.Get("Location")
	if a.status != 202 || !strings.HasPrefix(status, s.URL+"/api/v1/reports/") || !strings.HasSuffix(status, "/status") {
		t.Fatalf("create: %d %v %s", a.status, a.header, a.raw)
	}
	outputs := a.text("outputsUrl")
	for _, want := range []string{"queued", "processing", "done"} {
		if got := call(t, s, token, "GET", status, "").text("status"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if output := all(t, s, token, outputs)[0]; (output["location"] != nil) != (want == "done") {
			t.Errorf("%s: %v", want, output)
		}
		c.move(200 * time.Millisecond)
	}
	output := all(t, s, token, outputs)[0]
	location := output["location"].(string)
	if output["outputId"] != "chart1" || !strings.HasPrefix(location, s.URL+"/api/v1/temp-contents/") {
		t.Errorf("output: %v", output)
	}
	file := call(t, s, token, "GET", location, "")
	picture, err := png.DecodeConfig(bytes.NewReader([]byte(file.raw)))
	if err != nil || picture.Width != 960 || picture.Height != 540 || file.header.Get("Content-Type") != "image/png" {
		t.Errorf("file: %d %v %+v %v", file.status, file.header, picture, err)
	}
	if float64(len(file.raw)) != output["sizeBytes"] {
		t.Errorf("sizeBytes: %v, the file has %d", output["sizeBytes"], len(file.raw))
	}
	for _, path := range []string{status, outputs, location} {
		if a := call(t, s, s.AccessToken(t, s.Admin()), "GET", path, ""); a.status != 404 {
			t.Errorf("%s for somebody else: %d", path, a.status)
		}
	}
	c.move(time.Hour)
	if a := call(t, s, token, "GET", location, ""); a.status != 404 {
		t.Errorf("after its time: %d", a.status)
	}
}

func TestReportIsRefused(t *testing.T) {
	s := demotest.New(t)
	token := s.AccessToken(t, s.Viewer())
	app := firstApp(t, s, token, "")
	hidden := firstApp(t, s, s.AccessToken(t, s.Analyst()), "spaceId=personal")
	for name, row := range map[string]struct {
		body   string
		status int
	}{
		"somebody's app":  {reportBody(hidden), 404},
		"too wide":        {reportBody(app, `"widthPx":640`, `"widthPx":4001`), 400},
		"too many pixels": {reportBody(app, `"widthPx":640,"heightPx":360`, `"widthPx":4000,"heightPx":4000`, `1.5`, `5`), 400},
		"no object":       {reportBody(app, `"sales-by-month"`, `""`), 400},
		"another type":    {reportBody(app, "sense-image-1.0", "sense-sheet-1.0"), 400},
		"bad deadline":    {reportBody(app, "P0Y0M0DT0H8M0S", "8 minutes"), 400},
	} {
		if a := call(t, s, token, "POST", "/api/v1/reports", row.body); a.status != row.status || !strings.HasPrefix(a.errorCode(), "REP-") {
			t.Errorf("%s: got %d %s", name, a.status, a.raw)
		}
	}
}

func TestEleventhReportOfAMinuteWaits(t *testing.T) {
	c := newClock()
	s := demotest.New(t, withClock(c))
	token := s.AccessToken(t, s.Viewer())
	body := reportBody(firstApp(t, s, token, ""))
	for i := range 10 {
		if a := call(t, s, token, "POST", "/api/v1/reports", body); a.status != 202 {
			t.Fatalf("report %d: %d", i+1, a.status)
		}
	}
	c.move(20 * time.Second)
	if a := call(t, s, token, "POST", "/api/v1/reports", body); a.status != 429 || a.header.Get("Retry-After") != "40" {
		t.Errorf("the eleventh: %d %v", a.status, a.header)
	}
	if a := call(t, s, token, "GET", "/api/v1/user-locale", ""); a.status != 200 {
		t.Errorf("other calls wait too: %d", a.status)
	}
	c.move(40 * time.Second)
	if a := call(t, s, token, "POST", "/api/v1/reports", body); a.status != 202 {
		t.Errorf("a minute later: %d", a.status)
	}
}
