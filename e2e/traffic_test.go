package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// traffic is all that a tab sent, received and complained about.
type traffic struct {
	mu        sync.Mutex
	requests  []request
	responses []response
	frames    []frame
	headers   []header
	sockets   map[network.RequestID]string
	sizes     map[network.RequestID]float64
	ready     []network.RequestID // bodies that can be asked for
	failures  []string
	complains []string
}

type request struct {
	id          network.RequestID
	method, url string
	kind        network.ResourceType
}

type response struct {
	id     network.RequestID
	url    string
	status int64
	kind   network.ResourceType
	kept   bool // prefetched: the browser does not tell the body
}

type frame struct {
	socket  network.RequestID
	url     string
	sent    bool
	payload string
}

type header struct {
	id          network.RequestID
	sent        bool
	name, value string
}

const bodyBuffer = 128 << 20

// record starts to collect. Bodies are kept by the browser over navigations,
// to be read at the end.
func record(ctx context.Context, t *testing.T) *traffic {
	t.Helper()
	trafficLog := &traffic{sockets: map[network.RequestID]string{}, sizes: map[network.RequestID]float64{}}
	if err := chromedp.Listen(ctx, trafficLog.take); err != nil {
		t.Fatalf("listen to the browser: %v", err)
	}
	size, on := int64(bodyBuffer), true
	must(t, call(ctx, network.Enable, network.EnableParams{MaxTotalBufferSize: &size, MaxResourceBufferSize: &size, EnableDurableMessages: &on}))
	return trafficLog
}

// take runs inside the browser's message loop: it only remembers.
func (l *traffic) take(event any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if e.RedirectResponse != nil {
			l.responses = append(l.responses, response{e.RequestID, e.RedirectResponse.URL, e.RedirectResponse.Status, e.Type, false})
		}
		l.requests = append(l.requests, request{e.RequestID, e.Request.Method, e.Request.URL, e.Type})
		l.addHeaders(e.RequestID, true, e.Request.Headers)
	case *network.EventRequestWillBeSentExtraInfo:
		l.addHeaders(e.RequestID, true, e.Headers)
	case *network.EventResponseReceived:
		l.responses = append(l.responses, response{e.RequestID, e.Response.URL, e.Response.Status, e.Type, e.Response.FromPrefetchCache || e.Type == network.ResourceTypePrefetch})
	case *network.EventResponseReceivedExtraInfo:
		l.addHeaders(e.RequestID, false, e.Headers)
	case *network.EventLoadingFinished:
		l.sizes[e.RequestID] = e.EncodedDataLength
		l.ready = append(l.ready, e.RequestID)
	case *network.EventLoadingFailed:
		if !e.Canceled { // leaving a page cancels what it still waits for
			l.failures = append(l.failures, fmt.Sprintf("%s %s %s", l.urlOf(e.RequestID), e.ErrorText, e.BlockedReason))
		}
	default:
		l.takeSocket(event)
	}
}

func (l *traffic) takeSocket(event any) {
	switch e := event.(type) {
	case *network.EventWebSocketCreated:
		l.sockets[e.RequestID] = e.URL
		l.requests = append(l.requests, request{e.RequestID, "GET", e.URL, network.ResourceTypeWebSocket})
	case *network.EventWebSocketWillSendHandshakeRequest:
		l.addHeaders(e.RequestID, true, e.Request.Headers)
	case *network.EventWebSocketHandshakeResponseReceived:
		l.addHeaders(e.RequestID, false, e.Response.Headers)
	case *network.EventWebSocketFrameSent:
		l.frames = append(l.frames, frame{e.RequestID, l.sockets[e.RequestID], true, string(e.Response.PayloadData)})
	case *network.EventWebSocketFrameReceived:
		l.frames = append(l.frames, frame{e.RequestID, l.sockets[e.RequestID], false, string(e.Response.PayloadData)})
	case *network.EventWebSocketFrameError:
		l.failures = append(l.failures, l.sockets[e.RequestID]+" "+e.ErrorMessage)
	default:
		l.takeConsole(event)
	}
}

func (l *traffic) takeConsole(event any) {
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type != runtime.ConsoleAPICalledTypeError && e.Type != runtime.ConsoleAPICalledTypeWarning && e.Type != runtime.ConsoleAPICalledTypeAssert {
			return
		}
		words := []string{string(e.Type) + ":"}
		for _, arg := range e.Args {
			words = append(words, strings.Trim(string(arg.Value), `"`)+arg.Description)
		}
		l.complains = append(l.complains, strings.Join(words, " "))
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
		l.complains = append(l.complains, "exception: "+text)
	case *cdplog.EventEntryAdded:
		if e.Entry.Level == cdplog.EntryLevelError || e.Entry.Level == cdplog.EntryLevelWarning {
			l.complains = append(l.complains, fmt.Sprintf("%s %s: %s %s", e.Entry.Source, e.Entry.Level, e.Entry.Text, e.Entry.URL))
		}
	}
}

func (l *traffic) addHeaders(id network.RequestID, sent bool, headers network.Headers) {
	for name, value := range headers {
		l.headers = append(l.headers, header{id, sent, strings.ToLower(name), fmt.Sprint(value)})
	}
}

// urlOf is the last address of a request; call it with the lock held.
func (l *traffic) urlOf(id network.RequestID) string {
	for i := len(l.requests) - 1; i >= 0; i-- {
		if l.requests[i].id == id {
			return l.requests[i].url
		}
	}
	return "?"
}

// look runs f while nothing is added.
func (l *traffic) look(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f()
}

// hosts lists whom the tab talked to.
func (l *traffic) hosts() map[string]string {
	hosts := map[string]string{}
	l.look(func() {
		for _, r := range l.requests {
			if u, err := url.Parse(r.url); err == nil && u.Host != "" {
				hosts[u.Host] = r.url
			}
		}
	})
	return hosts
}

// sent lists the engine requests with this method that went out.
func (l *traffic) sent(method string) (payloads []string) {
	l.look(func() {
		for _, f := range l.frames {
			if f.sent && strings.Contains(f.payload, `"method":"`+method+`"`) {
				payloads = append(payloads, f.payload)
			}
		}
	})
	return payloads
}

// answered counts the engine requests with this method that have an answer.
func (l *traffic) answered(method string) (count int) {
	type key struct {
		socket network.RequestID
		id     int
	}
	asked := map[key]bool{}
	l.look(func() {
		for _, f := range l.frames {
			var message struct {
				ID     int
				Method string
			}
			if json.Unmarshal([]byte(f.payload), &message) != nil {
				continue
			}
			switch at := (key{f.socket, message.ID}); {
			case f.sent && message.Method == method:
				asked[at] = true
			case !f.sent && asked[at]:
				count++
				delete(asked, at)
			}
		}
	})
	return count
}

// bodies reads what came back, by address.
func (l *traffic) bodies(ctx context.Context) (bodies map[string]string, missing []string) {
	ids, bodies := map[network.RequestID]string{}, map[string]string{}
	l.look(func() {
		for _, id := range l.ready {
			ids[id] = l.urlOf(id)
		}
		for _, r := range l.responses {
			if r.kept || r.status == http.StatusNoContent {
				delete(ids, r.id)
			}
		}
	})
	for id, address := range ids {
		body, err := chromedp.Call(ctx, network.GetResponseBody, network.GetResponseBodyParams{RequestID: id})
		if err != nil {
			missing = append(missing, address+": "+err.Error())
			continue
		}
		bodies[string(id)+" "+address] = string(body.Body)
	}
	return bodies, missing
}
