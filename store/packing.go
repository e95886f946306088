package store

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"fmt"
	"io"
	"sync"
)

// mostUnpacked bounds what a record may hold.
const mostUnpacked = 256 << 10

// packers are kept, because a new one costs far more than its work.
var packers = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(nil, flate.HuffmanOnly) // the level exists
	return w
}}

var unpackers = sync.Pool{New: func() any { return flate.NewReader(nil) }}

// packed says which records are: those with tokens, which stay for hours.
func packed(kind string) bool { return kind == kindSession }

// pack writes v as JSON, and that of packed kinds without its redundancy: tokens
// are base64, a quarter of which is air, and they are most of what Redis keeps
// for us. Only the frequency of characters is used, never what repeats: a
// record's size must not tell whether one part of it is like another.
func pack(kind string, v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil || !packed(kind) {
		return plain, err
	}
	w := packers.Get().(*flate.Writer)
	defer packers.Put(w)
	var b bytes.Buffer
	w.Reset(&b)
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	err = w.Close()
	return b.Bytes(), err
}

// unpack is the reverse of pack.
func unpack(kind string, record []byte, v any) error {
	if !packed(kind) {
		return json.Unmarshal(record, v)
	}
	r := unpackers.Get().(io.ReadCloser)
	defer unpackers.Put(r)
	if err := r.(flate.Resetter).Reset(bytes.NewReader(record), nil); err != nil {
		return err
	}
	plain, err := io.ReadAll(io.LimitReader(r, mostUnpacked))
	if err != nil {
		return fmt.Errorf("unpack: %w", err)
	}
	return json.Unmarshal(plain, v)
}
