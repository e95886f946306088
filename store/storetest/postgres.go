package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver that Postgres is asked through whether it is alive
)

// password is a hard one on purpose: each of its characters has a meaning in a
// URL, and a test can look for it where no password may be.
const password = "p@ss/w:rd?#%"

// PostgresServer is a real PostgreSQL. Stop, Kill, Restart, Pause and Resume
// do to it what their names say.
type PostgresServer struct {
	server
	// Addr is its host:port; it stays the same over a restart.
	Addr string
	// URL names an empty database, as DATABASE_URL would.
	URL string
	// Password is the one in URL, in plain.
	Password string

	databases int
}

// Postgres starts a PostgreSQL for the test. Starting one costs about a
// second: a suite starts one and asks NewDatabase for clean ground.
func Postgres(t testing.TB) *PostgresServer {
	t.Helper()
	bin := postgresPrograms()
	if bin == "" {
		missing(t, "PostgreSQL", "postgresql")
	}
	dir, owner := postgresFolder(t)
	initDatabases(t, bin, dir, owner)
	p := &PostgresServer{Password: password}
	// Somebody may take the free port first, so a failed start is tried again.
	for attempt := 1; ; attempt++ {
		p.setUp(t, bin, dir, owner)
		err := p.start()
		if err == nil {
			break
		}
		p.Kill()
		if attempt == 3 {
			t.Fatalf("start postgres: %v\n%s", err, p.output)
		}
	}
	t.Cleanup(p.Kill)
	p.URL = p.NewDatabase(t)
	return p
}

// NewDatabase makes another empty database on the same server.
func (p *PostgresServer) NewDatabase(t testing.TB) (databaseURL string) {
	t.Helper()
	p.databases++
	name := "test" + strconv.Itoa(p.databases)
	db, err := sql.Open("pgx", p.urlOf("postgres"))
	if err != nil {
		t.Fatalf("create a database: %v", err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatalf("create a database: %v", err)
	}
	return p.urlOf(name)
}

func (p *PostgresServer) urlOf(database string) string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword("postgres", password),
		Host:     p.Addr,
		Path:     "/" + database,
		RawQuery: "sslmode=disable",
	}
	return u.String()
}

func (p *PostgresServer) setUp(t testing.TB, bin, dir string, owner *syscall.Credential) {
	port := FreePort(t)
	p.Addr = net.JoinHostPort("127.0.0.1", port)
	p.server = server{
		t:          t,
		stopSignal: syscall.SIGINT, // "fast": ends open connections instead of waiting for them
		alive:      func() error { return pingPostgres(p.urlOf("postgres")) },
		command: func() *exec.Cmd {
			// Nothing here outlives the test, so nothing is flushed to disk.
			cmd := exec.Command(filepath.Join(bin, "postgres"), "-D", filepath.Join(dir, "data"),
				"-p", port, "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="+dir,
				"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
			return runAs(cmd, dir, owner)
		},
	}
}

// postgresPrograms finds the newest installed server. Debian keeps its
// programs out of PATH, one folder per version.
func postgresPrograms() string {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres") // the pattern is valid
	slices.SortFunc(found, func(a, b string) int { return versionOf(b) - versionOf(a) })
	if len(found) > 0 {
		return filepath.Dir(found[0])
	}
	if program, err := exec.LookPath("postgres"); err == nil {
		return filepath.Dir(program)
	}
	return ""
}

func versionOf(program string) int {
	version, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(program)))) // 0 sorts last
	return version
}

// postgresFolder makes a folder that the server may own. PostgreSQL refuses to
// run as root, so root hands it to the user postgres; t.TempDir will not do,
// because nobody but its maker can pass through it.
func postgresFolder(t testing.TB) (dir string, owner *syscall.Credential) {
	t.Helper()
	dir, err := os.MkdirTemp("", "storetest-postgres-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("remove the server's folder: %v", err)
		}
	})
	if os.Geteuid() != 0 {
		return dir, nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		missing(t, "the user postgres, without whom root cannot start PostgreSQL,", "postgresql")
	}
	uid, uidErr := strconv.ParseUint(account.Uid, 10, 32)
	gid, gidErr := strconv.ParseUint(account.Gid, 10, 32)
	if uidErr != nil || gidErr != nil {
		t.Fatalf("user postgres has no numeric IDs: %s %s", account.Uid, account.Gid)
	}
	if err := os.Chown(dir, int(uid), int(gid)); err != nil {
		t.Fatal(err)
	}
	return dir, &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

func initDatabases(t testing.TB, bin, dir string, owner *syscall.Credential) {
	t.Helper()
	passwordFile := filepath.Join(dir, "password")
	// The folder is private to its owner, so the file may be readable in it.
	if err := os.WriteFile(passwordFile, []byte(password), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(bin, "initdb"), "-D", filepath.Join(dir, "data"), "--no-sync",
		"--no-locale", "--encoding=UTF8", "--username=postgres", "--auth=scram-sha-256", "--pwfile="+passwordFile)
	if out, err := runAs(cmd, dir, owner).CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
}

// runAs sets whom the command runs as and where: in a folder that it may read,
// which the test's own working folder need not be.
func runAs(cmd *exec.Cmd, dir string, owner *syscall.Credential) *exec.Cmd {
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: owner}
	return cmd
}

func pingPostgres(databaseURL string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	db, err := sql.Open("pgx", databaseURL)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.PingContext(ctx); err != nil {
		return fmt.Errorf("ask postgres whether it is alive: %w", err)
	}
	return nil
}
