package handlers

import (
	"sync"
	"time"
)

// sharedFor is how long an answer is shared.
const sharedFor = time.Second

// shared is an answer that all requests of a second have in common.
type shared[T any] struct {
	mu    sync.Mutex // held while the answer is made: the others wait for it
	until time.Time
	value T
}

// get returns the answer, which make makes if there is none of this second.
// make must end by itself.
func (s *shared[T]) get(make func() T) T {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Now().After(s.until) {
		s.value = make()
		s.until = time.Now().Add(sharedFor)
	}
	return s.value
}
