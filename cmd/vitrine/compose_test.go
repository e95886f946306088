package main

import (
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"vitrine/store/storetest"
)

// composeFile is what the tests read of docker-compose.yml.
type composeFile struct {
	Services map[string]struct {
		Build       any
		Image       string
		Command     []string
		Environment map[string]string
		EnvFile     []struct{ Path string } `yaml:"env_file"`
		Ports       []string
		Volumes     []string
		MemLimit    string `yaml:"mem_limit"`
	}
	Volumes  map[string]struct{ Name string }
	Networks map[string]struct {
		IPAM struct {
			Config []struct{ Subnet string }
		}
	}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile("../../" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestComposeFileKeepsItsPromises(t *testing.T) {
	var c composeFile
	if err := yaml.Unmarshal([]byte(readFile(t, "docker-compose.yml")), &c); err != nil {
		t.Fatal(err)
	}
	builds := 0
	for name, service := range c.Services {
		if service.MemLimit == "" {
			t.Errorf("%s has no memory limit", name)
		}
		if service.Build != nil {
			builds++
		}
		for _, port := range service.Ports {
			if !strings.HasPrefix(port, "127.0.0.1:${") {
				t.Errorf("%s: port %s is no variable on this machine", name, port)
			}
		}
	}
	if builds != 1 {
		t.Errorf("%d services build the image, want 1", builds)
	}
	if command := strings.Join(c.Services["redis"].Command, " "); !strings.Contains(command, "--maxmemory 256mb --maxmemory-policy noeviction") {
		t.Errorf("redis has no bound that keeps sessions: %s", command)
	}
	vitrine := c.Services["vitrine"]
	for _, name := range []string{"REDIS_URL", "DATABASE_URL"} {
		if value, set := vitrine.Environment[name]; set {
			t.Errorf("%s is always set, to %s: %s_FILE cannot be", name, value, name)
		}
	}
	if !strings.Contains(strings.Join(vitrine.Volumes, " "), "/run/secrets:ro") {
		t.Error("files of secrets are not mounted")
	}
	for name, volume := range c.Volumes {
		if !strings.Contains(volume.Name, "${QLIK_TENANT_URL:+") {
			t.Errorf("the demo shares volume %s with a tenant", name)
		}
	}
	if config := c.Networks["default"].IPAM.Config; len(config) != 1 || config[0].Subnet == "" {
		t.Error("the network is not fixed, so that TRUSTED_PROXIES cannot name its gateway")
	}
	if dockerfile := readFile(t, "Dockerfile"); strings.Contains(dockerfile, "\nVOLUME") {
		t.Error("VOLUME makes an anonymous volume for each container")
	}
}

func TestRefusedDatabasePasswordNamesTheWayOut(t *testing.T) {
	server := storetest.Postgres(t)
	wrong, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	wrong.User = url.UserPassword("postgres", "hush-hush")
	_, _, env := demoEnv(t)
	for _, args := range [][]string{{"migrate"}, {"serve", "--migrate"}} {
		c := start(t, args, append(env, "DATABASE_URL="+wrong.String())...)
		if status := c.exit(t, 10*time.Second); status != exitUsage {
			t.Errorf("%v: exit status %d, want 2", args, status)
		}
		for _, want := range []string{"DATABASE_URL", "refuses the user or the password", "docker compose down -v", "ALTER ROLE"} {
			if !strings.Contains(c.text(), want) {
				t.Errorf("%v: output lacks %q: %s", args, want, c.text())
			}
		}
		if strings.Contains(c.text(), "hush-hush") {
			t.Errorf("%v: the password is printed", args)
		}
	}
}

func TestServeMigratesOnRequest(t *testing.T) {
	server := storetest.Postgres(t)
	portal, _, env := demoEnv(t)
	env = append(env, "DATABASE_URL="+server.URL)
	refused := start(t, []string{"serve"}, env...)
	if status := refused.exit(t, 10*time.Second); status != exitUsage || !strings.Contains(refused.text(), "vitrine migrate") {
		t.Errorf("serve with an empty database: status %d, output %s", status, refused.text())
	}
	start(t, []string{"serve", "--migrate"}, env...).waitReady(t, portal)
}
