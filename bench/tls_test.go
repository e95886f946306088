package bench

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkByTLS is BenchmarkFloor before a tenant as real ones are: by TLS, and
// by HTTP/2 but for sockets. No bars were set for it.
func BenchmarkByTLS(b *testing.B) {
	if *profiles != "" {
		b.Skip("profiles are of the loads of BenchmarkFloor")
	}
	before := len(table)
	for _, row := range []struct {
		name, measure, unit string
		load                func(testing.TB, *child) side
	}{
		{"get-2KB", "– by TLS: CPU per authenticated 2 KB GET, 64 connections", "µs/request", gets("/qlik/api/v1/plain")},
		{"download", "– by TLS: CPU per MiB downloaded", "µs/MiB", downloads},
		{"echo", "– by TLS: CPU per WebSocket echo", "µs/echo", echoes},
	} {
		b.Run(row.name, func(b *testing.B) {
			compare(b, rounds, newSecureRig(b).pairs(b, row.load)...).enter(b, row.measure, "", 0, row.unit)
		})
	}
	b.Run("idle-sockets", func(b *testing.B) {
		r := newSecureRig(b)
		portal, floor := perIdleSocket(b, r.portal), perIdleSocket(b, r.floor)
		b.ReportMetric(portal, "KiB/socket")
		table = append(table, row{
			measure: "– by TLS: memory per idle WebSocket, 5,000 open",
			here:    fmt.Sprintf("%.1f KiB; floor %.1f KiB", portal, floor),
		})
	})
	fmt.Print("\n", tableText(table[before:]), "\n")
}

// newSecureRig is newRig, but the tenant is asked by TLS.
func newSecureRig(tb testing.TB) *rig {
	tb.Helper()
	certificate, key := newCertificate(tb)
	addr := freeAddr(tb)
	env := []string{"QLIK_TENANT_URL=https://" + addr, "SSL_CERT_FILE=" + certificate}
	r := &rig{
		redis: redis(tb), tenant: startTenant(tb, "TLS_ADDR="+addr, "TLS_CERT_FILE="+certificate, "TLS_KEY_FILE="+key),
		floorEnv: env, portalEnv: env,
	}
	r.floor, r.portal = r.startBoth(tb)
	return r
}

// newCertificate writes one that only who is told to trusts.
func newCertificate(tb testing.TB) (certificate, key string) {
	tb.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "tenant"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		tb.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		tb.Fatal(err)
	}
	write := func(name, kind string, content []byte) string {
		path := filepath.Join(tb.TempDir(), name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}), 0o600); err != nil {
			tb.Fatal(err)
		}
		return path
	}
	return write("certificate.pem", "CERTIFICATE", signed), write("key.pem", "PRIVATE KEY", secret)
}
