package meshkit

import (
	"bufio"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Records is an append-only file of JSON documents, one a line; several processes may append.
type Records[T any] struct{ path string }

// NewRecords names a file of records in the data folder; it need not exist.
func NewRecords[T any](folder, name string) *Records[T] {
	return &Records[T]{path: filepath.Join(folder, name+".jsonl")}
}

// Append writes one record in one system call, so that lines of two writers never mix.
func (r *Records[T]) Append(record T) error {
	line, err := json.Marshal(record)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(r.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = file.Write(append(line, '\n'))
	return err
}

// All is every whole record so far, oldest first.
func (r *Records[T]) All() []T {
	found := []T{}
	file, err := os.Open(r.path)
	if errors.Is(err, fs.ErrNotExist) {
		return found
	}
	if err != nil {
		panic(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var record T
		if json.Unmarshal(lines.Bytes(), &record) != nil {
			break
		}
		found = append(found, record)
	}
	return found
}
