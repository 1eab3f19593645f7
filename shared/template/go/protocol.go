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

func encodeAnswer(results []result) []byte {
	answer := []byte{}
	number := func(value int) { answer = binary.BigEndian.AppendUint32(answer, uint32(value)) }
	for _, one := range results {
		if one.failure == nil {
			number(0)
			number(len(one.output))
			answer = append(answer, one.output...)
			continue
		}
		number(int(one.failure.cause))
		number(one.failure.line)
		number(one.failure.column)
		number(len(one.failure.subject))
		answer = append(answer, one.failure.subject...)
	}
	return answer
}
