package main

import "encoding/binary"

// entry is a key with its text; a value may hold any bytes.
type entry struct{ key, text string }

// request is what the host asks for.
type request struct {
	// allowsMissing prints `<no value>` where Go does, instead of failing.
	allowsMissing bool
	// maxOutput is the number of bytes that all templates together may print.
	maxOutput int
	values    []entry
	templates []entry
}

// result is one rendered template, or why there is none.
type result struct {
	output  []byte
	failure *failure
}

// The request and the answer are numbers of four bytes, most significant first, and texts with their length in front.
type reader struct{ rest []byte }

func (r *reader) number() int {
	value := binary.BigEndian.Uint32(r.rest)
	r.rest = r.rest[4:]
	return int(value)
}

func (r *reader) text() string {
	length := r.number()
	text := string(r.rest[:length])
	r.rest = r.rest[length:]
	return text
}

func (r *reader) entries() []entry {
	entries := make([]entry, r.number())
	for i := range entries {
		entries[i] = entry{key: r.text(), text: r.text()}
	}
	return entries
}

func decodeRequest(bytes []byte) request {
	r := reader{bytes}
	return request{
		allowsMissing: r.number() == 1,
		maxOutput:     r.number(),
		values:        r.entries(),
		templates:     r.entries(),
	}
}

type writer struct{ bytes []byte }

func (w *writer) number(value int) {
	w.bytes = binary.BigEndian.AppendUint32(w.bytes, uint32(value))
}

func (w *writer) text(text []byte) {
	w.number(len(text))
	w.bytes = append(w.bytes, text...)
}

func (w *writer) failure(failed *failure) {
	w.number(int(failed.cause))
	w.number(failed.line)
	w.number(failed.column)
	w.text([]byte(failed.subject))
}

// encodeOutline tells of each source why it does not parse, or 0, and which of the values that it names are not there.
func encodeOutline(sources []source, values map[string]string) []byte {
	w := writer{[]byte{}}
	for _, one := range sources {
		if one.failure != nil {
			w.failure(one.failure)
		} else {
			w.number(0)
		}
		absent := one.absent(values)
		w.number(len(absent))
		for _, name := range absent {
			w.text([]byte(name))
		}
	}
	return w.bytes
}

func encodeAnswer(results []result) []byte {
	w := writer{[]byte{}}
	for _, one := range results {
		if one.failure == nil {
			w.number(0)
			w.text(one.output)
			continue
		}
		w.failure(one.failure)
	}
	return w.bytes
}
