package store

import (
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"vitrine/auth"
)

// fill gives every text and time below v a value of its own, but for the fields
// that are named: a field that is added later, and not to the record, is found.
func fill(v reflect.Value, n *int, except ...string) {
	for i := range v.NumField() {
		field, name := v.Field(i), v.Type().Field(i).Name
		if !field.CanSet() || slices.Contains(except, name) {
			continue
		}
		*n++
		switch value := field.Addr().Interface().(type) {
		case *string:
			*value = name + strconv.Itoa(*n)
		case *time.Time:
			*value = time.Unix(int64(1_700_000_000+*n), int64(*n)).UTC()
		default:
			if field.Kind() == reflect.Struct {
				fill(field, n, except...)
			}
		}
	}
}

func TestRecordsComeBackWhole(t *testing.T) {
	n := 0
	session, request, card := auth.Session{}, auth.AuthorizationRequest{}, Card{}
	// Roles, groups and the tenant's state of a user are not kept, nor what
	// stands elsewhere.
	v := reflect.ValueOf(&session).Elem()
	fill(v, &n, "ID", "Device", "IdleUntil", "Status", "User")
	fill(v.FieldByName("User"), &n, "Status", "CreatedAt")
	fill(reflect.ValueOf(&request).Elem(), &n, "State")
	fill(reflect.ValueOf(&card).Elem(), &n, "Handle", "LastUsed")
	for name, record := range map[string]struct{ in, out any }{
		"session":       {(*sessionRecord)(&session), &sessionRecord{}},
		"request":       {(*requestRecord)(&request), &requestRecord{}},
		"card":          {(*cardRecord)(&card), &cardRecord{}},
		"empty session": {&sessionRecord{}, &sessionRecord{}},
		"empty request": {&requestRecord{}, &requestRecord{}},
	} {
		t.Run(name, func(t *testing.T) {
			packed, err := pack(record.in)
			if err != nil {
				t.Fatal(err)
			}
			if err := unpack(packed, record.out); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(record.in, record.out) {
				t.Errorf("in\n%+v\nout\n%+v", record.in, record.out)
			}
			for cut := range packed {
				if unpack(packed[:cut], record.out) == nil {
					t.Errorf("%d of %d bytes are a record", cut, len(packed))
				}
			}
			if unpack(append(packed, 0), record.out) == nil {
				t.Error("a record with something behind it is one")
			}
		})
	}
}
