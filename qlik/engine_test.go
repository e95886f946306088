package qlik

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"vitrine/demo/engine"
)

const testToken = "secret-access-token"

// engineTenant is a tenant that has an engine and nothing else. It refuses what
// the real one refuses: no bearer, and any Origin.
func engineTenant(t *testing.T) (*Client, *engine.Engine) {
	t.Helper()
	reload := time.Date(2026, 11, 20, 4, 0, 0, 0, time.UTC)
	e := engine.New(engine.Options{Apps: []engine.App{
		{ID: "sales", Name: "Sales Overview", OwnerID: "alice", Theme: "breeze", Template: "sales", LastReload: reload},
		{ID: "denied", Name: "Denied", OwnerID: "alice", Template: "sales"},
	}})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "+testToken+"-")
		if !ok || r.Header.Get("Origin") != "" {
			w.WriteHeader(http.StatusUnauthorized)
			w.Write([]byte(`{"errors":[{"code":"AUTH-1","title":"Not authorized"}],"traceId":"abc"}`))
			return
		}
		parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/") // app, id, identity, x
		v := engine.Viewer{ID: user, CanSee: func(id string) bool { return id != "denied" }}
		e.ServeApp(w, r, v, parts[1], parts[3], 0)
	}))
	t.Cleanup(func() { e.Close(); server.Close() })
	return newTestClient(t, server.URL), e
}

func newTestClient(t *testing.T, url string) *Client {
	t.Helper()
	c, err := New(url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func openSales(t *testing.T, user string) *Engine {
	t.Helper()
	c, _ := engineTenant(t)
	e, err := c.OpenApp(t.Context(), testToken+"-"+user, "sales")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

func titles(sheets []Sheet) []string {
	var out []string
	for _, s := range sheets {
		out = append(out, s.Title)
	}
	return out
}

// "Seasons" is shown under a condition on the data, which is false as long as
// the app is open without data.
func TestSheetsComeInOrderWithoutHiddenAndForeignOnes(t *testing.T) {
	for user, want := range map[string][]string{
		"bob":   {"Overview", "Products", "Customers", "Seasons"},
		"alice": {"Overview", "Products", "Customers", "Seasons", "My draft"},
	} {
		sheets, err := openSales(t, user).Sheets(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := titles(sheets); !slices.Equal(got, want) {
			t.Errorf("%s sees %q, want %q", user, got, want)
		}
	}
}

func TestSheetsTellTheirStandingAndCells(t *testing.T) {
	sheets, err := openSales(t, "alice").Sheets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	overview, seasons, draft := sheets[0], sheets[3], sheets[4]
	if !overview.Approved || !overview.Published || overview.Private {
		t.Errorf("base sheet: %+v", overview)
	}
	if seasons.Approved || !seasons.Published || seasons.Private {
		t.Errorf("community sheet: %+v", seasons)
	}
	if draft.Approved || draft.Published || !draft.Private {
		t.Errorf("private sheet: %+v", draft)
	}
	if overview.Columns != 24 || overview.Rows != 12 || overview.Cells[0] != (Cell{"sales-kpi-sales", "kpi", 0, 0, 6, 2}) {
		t.Errorf("grid %d×%d, first cell %+v", overview.Columns, overview.Rows, overview.Cells[0])
	}
}

func TestLayoutAndThemeAreTheApps(t *testing.T) {
	e := openSales(t, "bob")
	layout, err := e.Layout(t.Context())
	if err != nil || layout.Title != "Sales Overview" || layout.LastReload.Hour() != 4 {
		t.Errorf("layout = %+v, %v", layout, err)
	}
	if theme, err := e.Theme(t.Context()); err != nil || theme != "breeze" {
		t.Errorf("theme = %q, %v", theme, err)
	}
	if e.full != nil {
		t.Error("the app was loaded with data although nothing needed it")
	}
}

func TestDataIsReadFromEveryKindOfChart(t *testing.T) {
	e := openSales(t, "bob")
	for _, tt := range []struct {
		object  string
		columns []string
		rows    int
		first   string
	}{
		{"sales-by-country", []string{"Country", "Sales"}, 13, "United States"},
		{"sales-by-month", []string{"Month", "Year", "Sales"}, 34, "Jan"}, // stacked
		{"sales-kpi-sales", []string{"Sales, M€"}, 1, "23.7 M€"},
		{"sales-region", []string{"Region"}, 4, "Asia Pacific"},
		{"product-table", []string{"Category", "Product", "Sales", "Units", "Margin %", "Returns", "Share of sales"}, 21, "Tents"},
		{"sales-overview", nil, 0, ""},
	} {
		table, err := e.Data(t.Context(), tt.object)
		if err != nil {
			t.Errorf("%s: %v", tt.object, err)
			continue
		}
		if !slices.Equal(table.Columns, tt.columns) || len(table.Rows) != tt.rows || table.Total != tt.rows {
			t.Errorf("%s: columns %q, %d rows of %d", tt.object, table.Columns, len(table.Rows), table.Total)
			continue
		}
		if tt.object == "sales-by-country" && !strings.Contains(table.Rows[0][1], ",") {
			t.Errorf("a number without a format of its own reads %q", table.Rows[0][1])
		}
		if tt.rows > 0 && table.Rows[0][0] != tt.first {
			t.Errorf("%s begins with %q, want %q", tt.object, table.Rows[0], tt.first)
		}
	}
}

func TestRefusalsCarryTheirStatusAndNeverTheToken(t *testing.T) {
	c, _ := engineTenant(t)
	for _, tt := range []struct {
		token, app string
		status     int
	}{
		{testToken + "-bob", "nowhere", http.StatusNotFound},
		{testToken + "-bob", "denied", http.StatusForbidden},
		{"another-secret", "sales", http.StatusUnauthorized},
	} {
		_, err := c.OpenApp(t.Context(), tt.token, tt.app)
		var refused *Error
		if !errors.As(err, &refused) || refused.Status != tt.status {
			t.Errorf("%s: %v, want status %d", tt.app, err, tt.status)
			continue
		}
		if strings.Contains(err.Error(), tt.token) {
			t.Errorf("the token is in %q", err)
		}
	}
}

func TestUnknownObjectIsNotFound(t *testing.T) {
	_, err := openSales(t, "bob").Data(t.Context(), "no-such-object")
	if StatusOf(err) != http.StatusNotFound {
		t.Errorf("error = %v", err)
	}
}

func TestClosedSocketSaysWhy(t *testing.T) {
	c, tenant := engineTenant(t)
	e, err := c.OpenApp(t.Context(), testToken+"-bob", "sales")
	if err != nil {
		t.Fatal(err)
	}
	if n := tenant.CloseSockets(func(viewer, _ string) bool { return viewer == "bob" }, 4006, "authentication failed"); n != 1 {
		t.Fatalf("closed %d sockets", n)
	}
	if _, err := e.Sheets(t.Context()); StatusOf(err) != http.StatusUnauthorized {
		t.Errorf("error = %v", err)
	}
}

// A tenant that accepts the socket and then says nothing must not hold a page.
func TestSilentEngineEndsWithTheContext(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		for err == nil {
			_, _, err = conn.Read(r.Context())
		}
	}))
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := newTestClient(t, server.URL).OpenApp(ctx, testToken, "sales")
	if !errors.Is(err, ErrUnreachable) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error = %v", err)
	}
}

func TestUnreachableEngineIsTheTenantsFault(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	_, err := newTestClient(t, server.URL).OpenApp(t.Context(), testToken, "sales")
	if !errors.Is(err, ErrUnreachable) {
		t.Errorf("error = %v", err)
	}
}
