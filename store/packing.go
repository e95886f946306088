package store

import (
	"bytes"
	"compress/flate"
	"encoding"
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

// packFrom is the size from which packing is worth its time.
const packFrom = 2000

// pack writes v in its own form, or as JSON when it has none, and what is large
// without its redundancy: tokens are base64, a quarter of which is air, and they
// are most of what Redis keeps for us. Only the frequency of characters is used,
// never what repeats: a record's size must not tell whether one part of it is
// like another.
func pack(v any) ([]byte, error) {
	plain, err := marshal(v)
	if err != nil || len(plain) < packFrom {
		return plain, err
	}
	w := packers.Get().(*flate.Writer)
	defer packers.Put(w)
	var b bytes.Buffer
	b.WriteByte(packedMark)
	w.Reset(&b)
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	err = w.Close()
	return b.Bytes(), err
}

func marshal(v any) ([]byte, error) {
	if v, ok := v.(encoding.BinaryAppender); ok {
		return v.AppendBinary([]byte{ownMark})
	}
	return json.Marshal(v)
}

// A mark begins what is no JSON; no JSON begins so.
const (
	packedMark = 0
	ownMark    = 1
)

// unpack is the reverse of pack.
func unpack(record []byte, v any) error {
	if len(record) == 0 || record[0] != packedMark {
		return unmarshal(record, v)
	}
	r := unpackers.Get().(io.ReadCloser)
	defer unpackers.Put(r)
	if err := r.(flate.Resetter).Reset(bytes.NewReader(record[1:]), nil); err != nil {
		return err
	}
	plain, err := io.ReadAll(io.LimitReader(r, mostUnpacked))
	if err != nil {
		return fmt.Errorf("unpack: %w", err)
	}
	return unmarshal(plain, v)
}

func unmarshal(plain []byte, v any) error {
	own, ok := v.(encoding.BinaryUnmarshaler)
	if !ok {
		return json.Unmarshal(plain, v)
	}
	if len(plain) == 0 || plain[0] != ownMark {
		return errRecordForm
	}
	return own.UnmarshalBinary(plain[1:])
}
