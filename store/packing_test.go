package store

import (
	"crypto/rand"
	"encoding/base64"
	"reflect"
	"strings"
	"testing"
	"time"

	"vitrine/auth"
)

func TestPackedRecordsComeBackWhole(t *testing.T) {
	token := make([]byte, 1536)
	_, _ = rand.Read(token)
	in := testSession("")
	in.Tokens.AccessToken = base64.RawURLEncoding.EncodeToString(token)
	in.ExpiresAt = time.Date(2030, 1, 2, 3, 4, 5, 6, time.UTC)
	packed, err := pack((*sessionRecord)(&in))
	if err != nil {
		t.Fatal(err)
	}
	if len(packed) > 2048 {
		t.Errorf("a token of 2 KB packs into %d bytes", len(packed))
	}
	var out auth.Session
	if err := unpack(packed, (*sessionRecord)(&out)); err != nil {
		t.Fatal(err)
	}
	if out.Tokens != in.Tokens || !reflect.DeepEqual(out.User, in.User) || !out.ExpiresAt.Equal(in.ExpiresAt) {
		t.Errorf("got %+v, want %+v", out, in)
	}
}

func TestSmallRecordsAreNotPacked(t *testing.T) {
	in := testSession("")
	record, err := pack((*sessionRecord)(&in))
	if err != nil {
		t.Fatal(err)
	}
	var out auth.Session
	if err := unpack(record, (*sessionRecord)(&out)); err != nil || record[0] != ownMark || out.Tokens != in.Tokens {
		t.Errorf("%q, %v: %+v", record[:1], err, out)
	}
}

func TestUnpackingHasAnEnd(t *testing.T) {
	packed, err := pack(strings.Repeat("a", mostUnpacked))
	if err != nil {
		t.Fatal(err)
	}
	var out string
	if err := unpack(packed, &out); err == nil {
		t.Errorf("%d bytes came out of %d", len(out), len(packed))
	}
	for _, broken := range [][]byte{nil, {0xff}, packed[:20]} {
		if err := unpack(broken, &out); err == nil {
			t.Errorf("%x unpacked", broken)
		}
	}
}
