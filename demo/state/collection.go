package state

import (
	"errors"
	"slices"
	"sync"
)

// ErrNoRecord is returned for an ID that a collection does not hold.
var ErrNoRecord = errors.New("no such record")

// Record is an entry of a Collection.
type Record interface{ Key() string }

// Collection keeps records in the order of creation. Records are values and
// may be kept by the caller: a change puts in new slices and never writes into
// old ones.
type Collection[T Record] struct {
	mu   sync.RWMutex
	rows []T
}

// All returns a copy of the collection.
func (c *Collection[T]) All() []T {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return slices.Clone(c.rows)
}

// Find returns the record with that key.
func (c *Collection[T]) Find(key string) (row T, found bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if i := c.index(key); i >= 0 {
		return c.rows[i], true
	}
	return row, false
}

// Any reports whether a record matches.
func (c *Collection[T]) Any(match func(T) bool) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return slices.ContainsFunc(c.rows, match)
}

// Add appends a record.
func (c *Collection[T]) Add(row T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rows = append(c.rows, row)
}

// FindOrAdd returns the record with the key of this one, which it adds if there
// is none.
func (c *Collection[T]) FindOrAdd(row T) T {
	c.mu.Lock()
	defer c.mu.Unlock()
	if i := c.index(row.Key()); i >= 0 {
		return c.rows[i]
	}
	c.rows = append(c.rows, row)
	return row
}

// Change lets the function alter a record under the lock. With an error the
// record stays as it was.
func (c *Collection[T]) Change(key string, alter func(*T) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := c.index(key)
	if i < 0 {
		return ErrNoRecord
	}
	row := c.rows[i]
	if err := alter(&row); err != nil {
		return err
	}
	c.rows[i] = row
	return nil
}

// Remove deletes a record and reports whether there was one.
func (c *Collection[T]) Remove(key string) (found bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := c.index(key)
	if i < 0 {
		return false
	}
	c.rows = slices.Delete(c.rows, i, i+1)
	return true
}

// index needs the lock.
func (c *Collection[T]) index(key string) int {
	return slices.IndexFunc(c.rows, func(row T) bool { return row.Key() == key })
}
