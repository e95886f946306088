package state

import "encoding/json"

// Storage keeps records while the tenant's process restarts. The records are
// not encrypted: a reader of the storage can act as the users of the demo.
type Storage interface {
	// Load returns all records by key.
	Load() (map[string][]byte, error)
	// Save writes records, all or none; a nil value deletes the record.
	Save(records map[string][]byte) error
}

// Save writes records to the storage as JSON, if there is one; nil deletes a
// record. A failure is logged only: it matters at the next start, not now.
func (st *State) Save(records map[string]any) {
	if st.Storage == nil || len(records) == 0 {
		return
	}
	encoded := make(map[string][]byte, len(records))
	for key, record := range records {
		encoded[key] = nil
		if record == nil {
			continue
		}
		var err error
		if encoded[key], err = json.Marshal(record); err != nil {
			panic("encode a record of our own: " + err.Error())
		}
	}
	if err := st.Storage.Save(encoded); err != nil {
		st.Log.Warn("storage: not saved, the next start does not have it", "records", len(records), "error", err)
	}
}
