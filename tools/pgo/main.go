// Command pgo merges CPU profiles into one for the compiler, without what would
// tell of the machine they come from: pgo profile… > release.pgo
package main

import (
	"fmt"
	"os"

	"github.com/google/pprof/profile"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "pgo:", err)
		os.Exit(1)
	}
}

func run(paths []string) error {
	if len(paths) == 0 {
		return fmt.Errorf("no profile named")
	}
	var loads []*profile.Profile
	for _, path := range paths {
		load, err := read(path)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		loads = append(loads, load)
	}
	merged, err := profile.Merge(loads)
	if err != nil {
		return err
	}
	merged.TimeNanos, merged.DurationNanos, merged.Comments = 0, 0, nil
	return merged.Write(os.Stdout)
}

func read(path string) (*profile.Profile, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	load, err := profile.Parse(file)
	if err != nil {
		return nil, err
	}
	for _, m := range load.Mapping {
		m.File, m.BuildID = "", ""
	}
	return load, nil
}
