package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

const kindSockets = "sockets"

// presenceFor is how long a process's word on a session's open sockets counts:
// a process that was killed says nothing more.
const presenceFor = 45 * time.Second

// NoteSockets notes how many sockets a process holds open for a session. It is
// said again while they stay open, every half minute or so.
func (s *Sessions) NoteSockets(ctx context.Context, handle, process string, open int) error {
	key := s.handleKey(kindSockets, handle)
	pipe := s.Redis.Pipeline()
	if open == 0 {
		pipe.HDel(ctx, key, process)
	} else {
		pipe.HSet(ctx, key, process, fmt.Sprintf("%d %d", open, s.Now().Unix()))
		pipe.Expire(ctx, key, presenceFor)
	}
	_, err := pipe.Exec(ctx)
	return err
}

// openSockets adds up what the processes have said lately.
func (s *Sessions) openSockets(notes map[string]string) int {
	total := 0
	for _, note := range notes {
		first, second, _ := strings.Cut(note, " ")
		open, openErr := strconv.Atoi(first)
		at, timeErr := strconv.ParseInt(second, 10, 64)
		if openErr == nil && timeErr == nil && s.Now().Sub(time.Unix(at, 0)) < presenceFor {
			total += open
		}
	}
	return total
}
