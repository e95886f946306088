package store

import (
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// DemoStorage keeps in Redis what the demo needs after a restart of the process:
// the key of its sessions, and the records of its tenant. Unlike sessions they
// are not sealed, so who reads that Redis can act as any user of the demo. Their
// passwords are public anyway; use it for nothing but the demo.
type DemoStorage struct {
	redis      redis.UniversalClient
	sessionKey string
	tenant     string
}

// NewDemoStorage returns a storage below a prefix of Redis keys.
func NewDemoStorage(client redis.UniversalClient, prefix string) *DemoStorage {
	return &DemoStorage{redis: client, sessionKey: prefix + "session-key", tenant: prefix + "tenant"}
}

// SessionKey returns the key that is kept, which is fresh if there is none yet.
func (d *DemoStorage) SessionKey(fresh []byte) ([]byte, error) {
	ctx := context.Background()
	if err := d.redis.SetNX(ctx, d.sessionKey, fresh, 0).Err(); err != nil {
		return nil, err
	}
	return d.redis.Get(ctx, d.sessionKey).Bytes()
}

// Load returns all records of the tenant.
func (d *DemoStorage) Load() (map[string][]byte, error) {
	fields, err := d.redis.HGetAll(context.Background(), d.tenant).Result()
	if err != nil {
		return nil, fmt.Errorf("read records of the demo tenant: %w", err)
	}
	records := make(map[string][]byte, len(fields))
	for key, record := range fields {
		records[key] = []byte(record)
	}
	return records, nil
}

// Save writes records of the tenant, all or none; nil deletes a record.
func (d *DemoStorage) Save(records map[string][]byte) error {
	ctx := context.Background()
	_, err := d.redis.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
		for key, record := range records {
			if record == nil {
				pipe.HDel(ctx, d.tenant, key)
			} else {
				pipe.HSet(ctx, d.tenant, key, record)
			}
		}
		return nil
	})
	return err
}
