package rest

import (
	"math"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"time"

	"vitrine/demo/state"
	"vitrine/demo/wire"
)

// How long a report takes, by the tenant's clock.
const (
	reportQueued     = 150 * time.Millisecond
	reportProcessing = 400 * time.Millisecond // from the start
)

const (
	defaultOutputTTL = time.Hour
	maxReports       = 500
	maxPicture       = 16_000_000 // pixels; 4000 squared
)

// report is a requested picture. It needs no worker: its status follows from
// the clock, and it is drawn when it is first fetched.
type report struct {
	id, outputID, fileID string
	owner                *state.User
	app                  *state.App
	visualization        string
	width, height        int // in pixels of the file
	created, expires     time.Time

	draw    sync.Once
	picture []byte
}

func (r *report) Key() string { return r.id }

func (r *report) status(now time.Time) string {
	switch age := now.Sub(r.created); {
	case age < reportQueued:
		return "queued"
	case age < reportProcessing:
		return "processing"
	default:
		return "done"
	}
}

// reportRequest is the part of a request that decides about a picture. What
// else is documented, selections above all, is taken and has no influence.
type reportRequest struct {
	Type string `json:"type"`
	Meta struct {
		OutputTTL      string `json:"outputTtl"`
		ExportDeadline string `json:"exportDeadline"`
	} `json:"meta"`
	Image struct {
		AppID         string `json:"appId"`
		Visualization struct {
			ID     string  `json:"id"`
			Type   string  `json:"type"`
			Width  float64 `json:"widthPx"`
			Height float64 `json:"heightPx"`
		} `json:"visualization"`
	} `json:"senseImageTemplate"`
	Output struct {
		Type     string `json:"type"`
		OutputID string `json:"outputId"`
		Image    struct {
			Format string  `json:"outFormat"`
			DPI    int     `json:"outDpi"`
			Zoom   float64 `json:"outZoom"`
		} `json:"imageOutput"`
	} `json:"output"`
}

// invalid returns what is wrong with a request, or "".
func (q *reportRequest) invalid() string {
	v, image := q.Image.Visualization, q.Output.Image
	switch {
	case q.Type != "sense-image-1.0" || q.Output.Type != "image" || image.Format != "" && image.Format != "png":
		return "the demo tenant makes sense-image-1.0 reports with image output as png only"
	case v.ID == "" || !slices.Contains([]string{"", "visualization", "sessionobject", "sheet"}, v.Type):
		return "visualization needs an id, and a type of visualization, sessionobject or sheet"
	case v.Width < 5 || v.Width > 4000 || v.Height < 5 || v.Height > 4000:
		return "widthPx and heightPx must be from 5 to 4000"
	case image.Zoom < 0 || image.Zoom > 5 || image.DPI < 0 || image.DPI > 1000:
		return "outZoom must be at most 5 and outDpi at most 1000"
	case v.Width*v.Height*q.zoom()*q.zoom() > maxPicture:
		return "the picture would be too large"
	case q.Output.OutputID == "" || len(q.Output.OutputID) > 1000:
		return "outputId is required and has at most 1000 characters"
	}
	return ""
}

func (q *reportRequest) zoom() float64 {
	if q.Output.Image.Zoom == 0 {
		return 1
	}
	return q.Output.Image.Zoom
}

// createReport answers POST /api/v1/reports.
func (api *API) createReport(w http.ResponseWriter, r *http.Request, caller *state.Caller) error {
	var q reportRequest
	if err := wire.ReadJSON(w, r, &q); err != nil {
		return err
	}
	problem := q.invalid()
	ttl, ok := isoDuration(q.Meta.OutputTTL, defaultOutputTTL)
	if _, fine := isoDuration(q.Meta.ExportDeadline, 0); problem == "" && (!ok || !fine) {
		problem = "meta.outputTtl and meta.exportDeadline must be durations of ISO 8601"
	}
	if problem != "" {
		return wire.Error{Status: http.StatusBadRequest, Code: "REP-400000", Title: "Bad request", Detail: problem}
	}
	a := api.Content.AppByID(caller.User, q.Image.AppID)
	if a == nil {
		return wire.Error{Status: http.StatusNotFound, Code: "REP-404000", Title: "Not found", Detail: "the app is not there"}
	}
	now, pixels := api.Now(), func(side float64) int { return max(1, int(math.Round(side*q.zoom()))) }
	made := &report{
		id: state.RandomHex(12), outputID: q.Output.OutputID, fileID: state.RandomHex(12), owner: caller.User, app: a,
		visualization: q.Image.Visualization.ID, width: pixels(q.Image.Visualization.Width), height: pixels(q.Image.Visualization.Height),
		created: now, expires: now.Add(ttl),
	}
	api.sweepReports(now)
	api.reports.Add(made)
	path := api.URL + "/api/v1/reports/" + made.id
	w.Header().Set("Location", path+"/status")
	wire.WriteJSON(w, http.StatusAccepted, map[string]string{
		"message": "Report request accepted", "requestId": made.id, "outputsUrl": path + "/outputs",
	})
	return nil
}

// sweepReports forgets what has expired, and the oldest of too many.
func (api *API) sweepReports(now time.Time) {
	list := api.reports.All()
	for i, r := range list {
		if now.After(r.expires) || len(list)-i >= maxReports {
			api.reports.Remove(r.id)
		}
	}
}

// ownReport finds a report of the caller: to others it does not exist.
func (api *API) ownReport(caller *state.Caller, match func(*report) bool) *report {
	for _, r := range api.reports.All() {
		if match(r) && r.owner == caller.User && api.Now().Before(r.expires) {
			return r
		}
	}
	return nil
}

func (api *API) reportStatus(w http.ResponseWriter, r *http.Request, caller *state.Caller) error {
	found := api.ownReport(caller, func(o *report) bool { return o.id == r.PathValue("id") })
	if found == nil {
		return wire.ErrNotFound
	}
	wire.WriteJSON(w, http.StatusOK, map[string]any{
		"status": found.status(api.Now()), "resolutionAttempts": 1, "statusLocation": api.URL + "/api/v1/reports/" + found.id + "/status",
		"reasons": []any{}, "results": []any{},
	})
	return nil
}

func (api *API) reportOutputs(w http.ResponseWriter, r *http.Request, caller *state.Caller) error {
	found := api.ownReport(caller, func(o *report) bool { return o.id == r.PathValue("id") })
	if found == nil {
		return wire.ErrNotFound
	}
	output := map[string]any{
		"outputId": found.outputID, "status": found.status(api.Now()), "traceId": w.Header().Get(wire.TraceHeader), "exportErrors": []any{},
	}
	if output["status"] == "done" {
		output["location"] = api.URL + "/api/v1/temp-contents/" + found.fileID
		output["sizeBytes"] = len(api.pictureOf(found))
	}
	return wire.List[map[string]any]{Base: api.URL, Pager: wire.Numbers[map[string]any]}.Write(w, r, []map[string]any{output})
}

// tempContent answers GET /api/v1/temp-contents/{id}: the picture, for the
// same person and as long as it lives.
func (api *API) tempContent(w http.ResponseWriter, r *http.Request, caller *state.Caller) error {
	found := api.ownReport(caller, func(o *report) bool { return o.fileID == r.PathValue("id") && o.status(api.Now()) == "done" })
	if found == nil {
		return wire.ErrNotFound
	}
	data := api.pictureOf(found)
	if data == nil {
		return wire.ErrInternal
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Cache-Control", "private, no-store")
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	_, _ = w.Write(data)
	return nil
}

func (api *API) pictureOf(r *report) []byte {
	r.draw.Do(func() {
		drawn, err := drawPicture(r.app.Template, r.app.Name+"\x00"+r.visualization, r.width, r.height)
		if err != nil {
			api.Log.Error("draw report", "app", r.app.ID, "error", err)
		}
		r.picture = drawn
	})
	return r.picture
}

// durationForm is ISO 8601 as the reports API writes it: P0Y0M0DT0H8M0S. Years
// and months have no fixed length and may only be zero.
var durationForm = regexp.MustCompile(`^P(?:0Y)?(?:0M)?(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?$`)

func isoDuration(text string, absent time.Duration) (d time.Duration, ok bool) {
	if text == "" {
		return absent, true
	}
	parts := durationForm.FindStringSubmatch(text)
	if parts == nil {
		return 0, false
	}
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second} {
		n, _ := strconv.Atoi(parts[i+1]) // "" is zero
		d += time.Duration(n) * unit
	}
	return d, true
}
