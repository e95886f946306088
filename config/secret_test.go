package config

import (
	"strings"
	"testing"
)

// A raw / ? or # ends the part of a URL that a password belongs to: what is
// behind it would be taken for a host or a path, and shown as one.
func TestPasswordsThatBreakTheirURL(t *testing.T) {
	for name, urls := range map[string][]string{
		"REDIS_URL": {
			"redis://:p@ss/w@redis:6379/0", "rediss://user:p/ss@redis:6379", "redis://user:p?ss@redis", "redis://user:p#ss@redis", "redis://user:12/ss@redis",
			"redis-sentinel://:p@ss/w@a:1,b:2/master/0", "redis-cluster://:p@ss/w@a:1,b:2",
		},
		"DATABASE_URL": {"postgres://vitrine:p@ss/w@postgres:5432/vitrine", "postgres://vitrine:12/ss@postgres/vitrine", "postgres://vitrine:p@ss?w@postgres/vitrine"},
		"HTTPS_PROXY":  {"http://user:p@ss/w@proxy:3128"},
		"https_proxy":  {"http://user:p@ss/w@proxy:3128"},
	} {
		for _, value := range urls {
			_, err := load(withTenant(map[string]string{name: value}), nil)
			if err == nil || !strings.HasPrefix(err.Error(), name+" ") || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s=%s: %v, want one fault", name, value, err)
			} else if strings.Contains(err.Error(), "ss") && strings.Contains(err.Error(), "p@") {
				t.Errorf("%s: the fault shows the password: %v", name, err)
			}
		}
	}
	for name, value := range map[string]string{
		"REDIS_URL": "redis://:p%40ss%2Fw@redis:6379/0", "DATABASE_URL": "postgres://vitrine:p%40ss%2Fw@postgres:5432/vitrine?sslmode=disable",
		"HTTPS_PROXY": "http://user:p%40ss%2Fw@proxy:3128",
	} {
		if _, err := load(withTenant(map[string]string{name: value}), nil); err != nil {
			t.Errorf("%s=%s: %v", name, value, err)
		}
	}
}

func TestBlanksAroundTheClientSecret(t *testing.T) {
	for _, value := range []string{"hush ", " hush", "hush\t", "hush\n"} {
		_, err := load(withTenant(map[string]string{"QLIK_CLIENT_SECRET": value}), nil)
		if err == nil || !strings.HasPrefix(err.Error(), "QLIK_CLIENT_SECRET ") || strings.Contains(err.Error(), "hush") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v, want one fault", value, err)
		}
	}
	for content, good := range map[string]bool{"hush": true, "hush\n": true, "hush\r\n": true, "hush \n": false, " hush\n": false, "hush\n\n": false} {
		c, err := load(withTenant(map[string]string{"QLIK_CLIENT_SECRET": "", "QLIK_CLIENT_SECRET_FILE": "/s"}), map[string]string{"/s": content})
		switch {
		case good && (err != nil || c.ClientSecret.Reveal() != "hush"):
			t.Errorf("file %q: %q, %v", content, c.ClientSecret.Reveal(), err)
		case !good && (err == nil || !strings.HasPrefix(err.Error(), "QLIK_CLIENT_SECRET_FILE ")):
			t.Errorf("file %q: %v, want a fault", content, err)
		}
	}
}

func TestPasswordsOfTheDemoWithATenant(t *testing.T) {
	_, err := load(withTenant(map[string]string{
		"REDIS_URL": "redis://:only-for-the-demo@redis:6379/0", "DATABASE_URL": "postgres://vitrine:only-for-the-demo@postgres:5432/vitrine",
	}), nil)
	if err == nil {
		t.Fatal("no fault")
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "DATABASE_URL ") || !strings.Contains(lines[0], "POSTGRES_PASSWORD") ||
		!strings.HasPrefix(lines[1], "REDIS_URL ") || !strings.Contains(lines[1], "REDIS_PASSWORD") {
		t.Errorf("faults %q", lines)
	}
}
