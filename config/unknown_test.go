package config

import (
	"os"
	"regexp"
	"slices"
	"testing"
)

func TestMisspeltSettingsAreFound(t *testing.T) {
	for name, like := range map[string]string{
		"SESION_KEYS": "SESSION_KEYS", "SESSION_KEY": "SESSION_KEYS", "QLIK_TENNANT_URL": "QLIK_TENANT_URL", "REDIS_ULR": "REDIS_URL",
		"QLIK_CLIENT_SECRET_FIEL": "QLIK_CLIENT_SECRET_FILE", "DEMOMODE": "DEMO_MODE", "PUBLIC_URL_FILE": "PUBLIC_URL", "QLIK_SCOPE": "QLIK_SCOPES",
		"QLIK_COLOUR_OF_THE_SKY": "", "EMBED_EVERYTHING": "",
	} {
		if got := FindUnknown([]string{name + "=x"}); !slices.Equal(got, []Unknown{{name, like}}) {
			t.Errorf("%s: %v, want one like %q", name, got, like)
		}
	}
}

func TestOtherVariablesAreLeftAlone(t *testing.T) {
	environ := []string{
		"PATH=/bin", "HOME=/root", "LOGNAME=root", "LANG=C", "SESSION_MANAGER=local/host", "DESKTOP_SESSION=gnome", "XDG_SESSION_ID=1", "HOSTNAME=h",
		"REDIS_PASSWORD=p", "POSTGRES_PASSWORD=p", "REDIS_PORT=tcp://10.0.0.1:6379", "DEMO_SERVICE_HOST=10.0.0.1", "QLIK_PORT_443_TCP_ADDR=10.0.0.1",
		"SSL_CERT_FILE=/ca.pem", "GOGC=100", "HTTPS_PROXY=http://proxy:3128", "NO_PROXY=localhost", "TZ=UTC", "TERM=xterm", "CI=true",
	}
	// .env reaches the program as a whole.
	example, err := os.ReadFile("../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	for _, match := range regexp.MustCompile(`(?m)^#?([A-Z_]+=)`).FindAllSubmatch(example, -1) {
		environ = append(environ, string(match[1]))
	}
	if got := FindUnknown(environ); len(got) > 0 {
		t.Errorf("taken for settings: %v", got)
	}
	if len(environ) < 40 {
		t.Errorf("only %d variables, with those of .env.example", len(environ))
	}
}
