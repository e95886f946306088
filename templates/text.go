package templates

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
)

// texts are the sentences of one language, by key. Places are fmt verbs.
type texts map[string]string

func readTexts(root fs.FS, name string) (texts, error) {
	raw, err := fs.ReadFile(root, name)
	if err != nil {
		return nil, fmt.Errorf("read texts: %w", err)
	}
	var t texts
	if err := json.Unmarshal(raw, &t); err != nil {
		return nil, fmt.Errorf("read texts %s: %w", name, err)
	}
	return t, nil
}

// text fills a sentence. A key that ends in "#" counts: it stands for the key
// with ".one" when the first argument is 1, and ".other" when not. A missing
// key shows itself, which a test looks for.
func (t texts) text(key string, args ...any) string {
	if name, counted := strings.CutSuffix(key, "#"); counted {
		key = name + ".other"
		if len(args) > 0 && args[0] == 1 {
			key = name + ".one"
		}
	}
	sentence, found := t[key]
	if !found {
		return "⟦" + key + "⟧"
	}
	if len(args) == 0 || !strings.Contains(sentence, "%") {
		return sentence
	}
	return fmt.Sprintf(sentence, args...)
}
