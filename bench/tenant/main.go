// Command tenant is a tenant that costs next to nothing, for loads of which the
// demo tenant would be the slowest part: fixed answers, an echo for sockets,
// and a token endpoint that signs nobody in but whoever asks.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
)

// refreshTakes is what a token endpoint takes at least on a bad day.
const refreshTakes = 100 * time.Millisecond

// A session's record is some 2 KB with tokens of this size.
const (
	accessTokenSize  = 1500
	refreshTokenSize = 300
)

func main() {
	mux := http.NewServeMux()
	t := &tenant{url: os.Getenv("QLIK_TENANT_URL")}
	mux.HandleFunc("GET /readyz", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("POST /oauth/token", t.token)
	mux.HandleFunc("GET /refreshes", t.countRefreshes)
	mux.HandleFunc("GET /api/v1/users/me", signedIn(me))
	mux.HandleFunc("GET /api/v1/plain", signedIn(fixed("application/json", document(""))))
	mux.HandleFunc("GET /api/v1/linked", signedIn(fixed("application/json", document(t.url))))
	mux.HandleFunc("GET /api/v1/compressed", signedIn(compressed(document(""))))
	mux.HandleFunc("GET /api/v1/download", signedIn(fixed("application/octet-stream", make([]byte, 16<<20))))
	mux.HandleFunc("/app/", signedIn(echo))
	if addr := os.Getenv("TLS_ADDR"); addr != "" {
		secure := &http.Server{Addr: addr, Handler: mux, ReadHeaderTimeout: 10 * time.Second}
		go func() {
			fmt.Fprintln(os.Stderr, "tenant:", secure.ListenAndServeTLS(os.Getenv("TLS_CERT_FILE"), os.Getenv("TLS_KEY_FILE")))
			os.Exit(1)
		}()
	}
	server := &http.Server{Addr: os.Getenv("LISTEN_ADDR"), Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	fmt.Fprintln(os.Stderr, "tenant:", server.ListenAndServe())
	os.Exit(1)
}

type tenant struct {
	url       string
	refreshes atomic.Int64
}

// token takes any code of the form "seconds.number": how long the first access
// token lives, and who it is for.
func (t *tenant) token(w http.ResponseWriter, r *http.Request) {
	lifetime, number := 6*time.Hour, ""
	if r.FormValue("grant_type") == "refresh_token" {
		t.refreshes.Add(1)
		time.Sleep(refreshTakes)
		number, _, _ = strings.Cut(r.FormValue("refresh_token"), ".")
	} else {
		var seconds int
		if _, err := fmt.Sscanf(r.FormValue("code"), "%d.%s", &seconds, &number); err != nil {
			http.Error(w, "no such code", http.StatusBadRequest)
			return
		}
		lifetime = time.Duration(seconds) * time.Second
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{
		"access_token": opaque(number, accessTokenSize), "refresh_token": opaque(number, refreshTokenSize),
		"token_type": "bearer", "expires_in": int(lifetime / time.Second), "scope": "user_default offline_access",
	})
}

// opaque is a token: whose it is, and what cannot be packed to less than base64.
func opaque(number string, size int) string {
	var b strings.Builder
	b.WriteString(number + ".")
	for b.Len() < size {
		b.WriteByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[rand.N(64)])
	}
	return b.String()
}

func (t *tenant) countRefreshes(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprint(w, t.refreshes.Load())
}

// signedIn lets nobody through without a bearer token.
func signedIn(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if len(r.Header.Get("Authorization")) < accessTokenSize {
			http.Error(w, "no bearer token", http.StatusUnauthorized)
			return
		}
		next(w, r)
	}
}

func me(w http.ResponseWriter, r *http.Request) {
	number, _, _ := strings.Cut(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), ".")
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"id":"user-%[1]s","tenantId":"tenant","subject":"idp|%[1]s","name":"Person %[1]s","email":"%[1]s@example.com","locale":"en-US","zoneinfo":"UTC"}`, number)
}

// document is 2 KB of JSON, with links to origin when there is one.
func document(origin string) []byte {
	var b bytes.Buffer
	b.WriteString(`{"data":[`)
	for i := 0; b.Len() < 1900; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		href := "none"
		if origin != "" {
			href = fmt.Sprintf("%s/api/v1/items/%d", origin, i)
		}
		fmt.Fprintf(&b, `{"id":"5f1e0c7b9a3e%08d","name":"Sales by region and month","resourceType":"app","href":%q}`, i, href)
	}
	b.WriteString(`]}`)
	return b.Bytes()
}

func fixed(kind string, body []byte) http.HandlerFunc {
	length := strconv.Itoa(len(body))
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Content-Length", length)
		_, _ = w.Write(body)
	}
}

// compressed answers as a real tenant does: packed, to whoever can unpack it.
func compressed(body []byte) http.HandlerFunc {
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	_, _ = zip.Write(body)
	_ = zip.Close()
	plain, small := fixed("application/json", body), fixed("application/json", packed.Bytes())
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Vary", "Accept-Encoding")
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			plain(w, r)
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		small(w, r)
	}
}

// echo sends every message back.
func echo(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return
	}
	defer conn.CloseNow()
	for {
		kind, message, err := conn.Read(r.Context())
		if err != nil || conn.Write(r.Context(), kind, message) != nil {
			return // it has hung up
		}
	}
}
