package meshkit

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
)

var reference = regexp.MustCompile(`\$\{(\w+)\}`)

// Config holds the scalars of configs/default.yaml by dotted key; it knows no other YAML.
type Config struct {
	path   string
	values map[string]string
}

// ReadConfig reads nested keys and scalars. `${VAR}` stands for a variable of the environment.
func ReadConfig(path string) (*Config, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	config := &Config{path: path, values: map[string]string{}}
	var keys []string
	var indents []int
	for number, line := range strings.Split(string(text), "\n") {
		content := strings.TrimSpace(withoutComment(line))
		if content == "" || content == "---" {
			continue
		}
		indent := len(line) - len(strings.TrimLeft(line, " "))
		for len(indents) > 0 && indents[len(indents)-1] >= indent {
			keys, indents = keys[:len(keys)-1], indents[:len(indents)-1]
		}
		key, value, found := strings.Cut(content, ":")
		if !found {
			return nil, fmt.Errorf("%s:%d: expected `key: value`", path, number+1)
		}
		keys, indents = append(keys, key), append(indents, indent)
		if value = strings.Trim(strings.TrimSpace(value), `"'`); value != "" {
			config.values[strings.Join(keys, ".")] = value
		}
	}
	return config, nil
}

func withoutComment(line string) string {
	if strings.HasPrefix(strings.TrimSpace(line), "#") {
		return ""
	}
	before, _, _ := strings.Cut(line, " #")
	return before
}

// Text is a value that must be there.
func (c *Config) Text(key string) (string, error) {
	value, found := c.values[key]
	if !found {
		return "", fmt.Errorf("%s: %s is missing", c.path, key)
	}
	var err error
	value = reference.ReplaceAllStringFunc(value, func(found string) string {
		name := found[2 : len(found)-1]
		told, known := os.LookupEnv(name)
		if !known {
			err = fmt.Errorf("%s: %s needs %s, which is not set (see .env.example)", c.path, key, name)
		}
		return told
	})
	return value, err
}

// Number is a value that must be there and be a whole number.
func (c *Config) Number(key string) (int, error) {
	text, err := c.Text(key)
	if err != nil {
		return 0, err
	}
	number, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("%s: %s is %q, not a whole number", c.path, key, text)
	}
	return number, nil
}

// Address is where a dependency is: by the variable of its upper-cased key, else by the file.
func (c *Config) Address(key string) string {
	if told := os.Getenv(strings.ToUpper(key)); told != "" {
		return told
	}
	value, err := c.Text("dependencies." + key)
	if err != nil {
		return ""
	}
	return value
}
