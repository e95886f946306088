package demo

import (
	"slices"
	"sync"
)

// record is what a shelf keeps.
type record interface{ key() string }

// shelf keeps a small collection that admins change while the tenant runs, in
// the order of creation. Its records are values: whoever got one may keep it,
// so a change puts new slices in and never writes into old ones.
type shelf[T record] struct {
	mu   sync.RWMutex
	rows []T
}

func (s *shelf[T]) all() []T {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.rows)
}

func (s *shelf[T]) find(id string) (row T, found bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if i := s.index(id); i >= 0 {
		return s.rows[i], true
	}
	return row, false
}

func (s *shelf[T]) any(match func(T) bool) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.ContainsFunc(s.rows, match)
}

func (s *shelf[T]) add(row T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows = append(s.rows, row)
}

// findOrAdd returns the record with the key of this one, which is added when
// there is none.
func (s *shelf[T]) findOrAdd(row T) T {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.index(row.key()); i >= 0 {
		return s.rows[i]
	}
	s.rows = append(s.rows, row)
	return row
}

// change lets the function alter a record under the lock. With an error the
// record stays as it was.
func (s *shelf[T]) change(id string, alter func(*T) *apiError) *apiError {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.index(id)
	if i < 0 {
		return &errNotFound
	}
	row := s.rows[i]
	if no := alter(&row); no != nil {
		return no
	}
	s.rows[i] = row
	return nil
}

func (s *shelf[T]) remove(id string) (found bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.index(id)
	if i < 0 {
		return false
	}
	s.rows = slices.Delete(s.rows, i, i+1)
	return true
}

// index needs the lock.
func (s *shelf[T]) index(id string) int {
	return slices.IndexFunc(s.rows, func(row T) bool { return row.key() == id })
}
