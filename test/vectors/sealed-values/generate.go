//go:build ignore

// Writes vectors.json: sealed values made by Go's standard library, which shares no code with Signet.
// Run once: `go run generate.go > vectors.json`. Every run makes new keys; they protect nothing.
package main

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"encoding/pem"
	"log"
	"math/big"
	"os"
	"strings"
	"time"
)

type keyPair struct {
	Bits           int    `json:"bits"`
	PrivateKeyPem  string `json:"privateKeyPem"`
	CertificatePem string `json:"certificatePem"`
	private        *rsa.PrivateKey
}

type place struct {
	Scope     string `json:"scope"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

type opening struct {
	Title string `json:"title"`
	Key   string `json:"key"`
	place
	Plaintext string `json:"plaintext"` // base64
	Sealed    string `json:"sealed"`    // base64, as in spec.encryptedData
}

type refusal struct {
	Title string `json:"title"`
	Key   string `json:"key"` // the only key of the ring
	place
	Sealed string `json:"sealed"`
	Code   string `json:"code"` // how Signet names the cause
}

func main() {
	keys := map[string]*keyPair{"rsa-2048": newKey(2048), "rsa-4096": newKey(4096), "rsa-1024": newKey(1024)}
	strict := place{"strict", "shop", "db"}
	out := struct {
		Keys     map[string]*keyPair `json:"keys"`
		Openings []opening           `json:"openings"`
		Refusals []refusal           `json:"refusals"`
	}{Keys: keys}

	open := func(title, key string, at place, contentKeyBytes int, plaintext []byte) string {
		text := base64.StdEncoding.EncodeToString(seal(keys[key], at.label(), contentKeyBytes, plaintext))
		out.Openings = append(out.Openings, opening{title, key, at, base64.StdEncoding.EncodeToString(plaintext), text})
		return text
	}
	open("strict", "rsa-2048", strict, 32, []byte("correct horse battery staple"))
	open("namespace-wide", "rsa-2048", place{"namespace-wide", "shop", "db"}, 32, []byte("one for the whole namespace"))
	open("cluster-wide", "rsa-2048", place{"cluster-wide", "shop", "db"}, 32, []byte("one for everybody"))
	open("cluster-wide without name and namespace", "rsa-2048", place{"cluster-wide", "", ""}, 32, []byte("from nowhere"))
	open("empty plaintext", "rsa-2048", strict, 32, nil)
	open("bytes that are no text", "rsa-2048", strict, 32, everyByte())
	open("several AES blocks", "rsa-2048", strict, 32, bytes.Repeat(everyByte(), 16))
	open("name and namespace beyond ASCII", "rsa-2048", place{"strict", "läden", "größe-数据"}, 32, []byte("Grüße"))
	open("content key of 16 bytes", "rsa-2048", strict, 16, []byte("AES-128"))
	open("content key of 24 bytes", "rsa-2048", strict, 24, []byte("AES-192"))
	open("4096-bit key", "rsa-4096", strict, 32, []byte("the size that clusters use"))
	open("1024-bit key", "rsa-1024", strict, 32, []byte("an old and weak key still opens"))
	wrapped := open("base64 in lines", "rsa-2048", strict, 32, []byte("folded"))
	folded := &out.Openings[len(out.Openings)-1]
	folded.Sealed = wrapped[:76] + "\n" + wrapped[76:152] + "\r\n" + wrapped[152:] + "\n"

	good := seal(keys["rsa-2048"], strict.label(), 32, []byte("correct horse battery staple"))
	refuse := func(title string, at place, text, code string) {
		out.Refusals = append(out.Refusals, refusal{title, "rsa-2048", at, text, code})
	}
	refuseBytes := func(title string, value []byte, code string) {
		refuse(title, strict, base64.StdEncoding.EncodeToString(value), code)
	}
	text := base64.StdEncoding.EncodeToString(good)
	refuse("a blank in the base64", strict, text[:8]+" "+text[8:], "SEALED_VALUE_NOT_BASE64")
	refuse("base64 of the URL alphabet", strict, strings.Repeat("-_", 200), "SEALED_VALUE_NOT_BASE64")
	refuse("base64 without its padding", strict, base64.RawStdEncoding.EncodeToString(append([]byte{1, 0}, good[:300]...)), "SEALED_VALUE_NOT_BASE64")
	refuse("a placeholder instead of a value", strict, "REPLACE_ME", "SEALED_VALUE_NOT_BASE64")
	refuseBytes("nothing", nil, "SEALED_VALUE_TOO_SHORT")
	refuseBytes("one byte", good[:1], "SEALED_VALUE_TOO_SHORT")
	refuseBytes("length zero", append([]byte{0, 0}, good[2:]...), "SEALED_VALUE_BAD_LENGTH")
	refuseBytes("length of no RSA key", append([]byte{0, 127}, good[2:]...), "SEALED_VALUE_BAD_LENGTH")
	refuseBytes("length beyond the end", append([]byte{2, 0}, good[2:]...), "SEALED_VALUE_BAD_LENGTH")
	refuseBytes("cut within the RSA block", good[:200], "SEALED_VALUE_BAD_LENGTH")
	refuseBytes("cut after the RSA block", good[:258], "SEALED_VALUE_NO_TAG")
	refuseBytes("cut within the tag of an empty value", good[:273], "SEALED_VALUE_NO_TAG")
	refuseBytes("cut by one byte", good[:len(good)-1], "SEALED_VALUE_CORRUPT")
	refuseBytes("one byte too many", append(bytes.Clone(good), 0), "SEALED_VALUE_CORRUPT")
	refuseBytes("a bit flipped in the ciphertext", flip(good, 260), "SEALED_VALUE_CORRUPT")
	refuseBytes("a bit flipped in the tag", flip(good, len(good)-1), "SEALED_VALUE_CORRUPT")
	refuseBytes("a bit flipped in the RSA block", flip(good, 100), "SEALED_KEY_NOT_FOUND")
	refuseBytes("RSA block shifted by one byte", append([]byte{0, 255}, good[2:]...), "SEALED_KEY_SIZE_MISMATCH")
	refuseBytes("content key of 31 bytes", envelope(wrapKey(keys["rsa-2048"], strict.label(), make([]byte, 31)), make([]byte, 20)), "SEALED_VALUE_BAD_CONTENT_KEY")
	refuseBytes("sealed to a larger key", seal(keys["rsa-4096"], strict.label(), 32, []byte("x")), "SEALED_KEY_SIZE_MISMATCH")
	refuseBytes("sealed to another key", seal(newKey(2048), strict.label(), 32, []byte("x")), "SEALED_KEY_NOT_FOUND")
	refuse("another name", place{"strict", "shop", "db2"}, text, "SEALED_KEY_NOT_FOUND")
	refuse("another namespace", place{"strict", "shop2", "db"}, text, "SEALED_KEY_NOT_FOUND")
	refuse("strict opened as cluster-wide, place lost", place{"cluster-wide", "shop2", "db"}, text, "SEALED_KEY_NOT_FOUND")
	refuse("strict under cluster-wide", place{"cluster-wide", "shop", "db"}, text, "SEALED_SCOPE_MISMATCH")
	wide := seal(keys["rsa-2048"], nil, 32, []byte("x"))
	refuseBytes("cluster-wide under strict", wide, "SEALED_SCOPE_MISMATCH")

	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	check(encoder.Encode(out))
}

func (p place) label() []byte {
	switch p.Scope {
	case "strict":
		return []byte(p.Namespace + "/" + p.Name)
	case "namespace-wide":
		return []byte(p.Namespace)
	default:
		return nil
	}
}

func newKey(bits int) *keyPair {
	private, err := rsa.GenerateKey(rand.Reader, bits)
	check(err)
	template := x509.Certificate{
		SerialNumber: big.NewInt(int64(bits)), Subject: pkix.Name{CommonName: "test vectors only"},
		NotBefore: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2126, 1, 1, 0, 0, 0, 0, time.UTC),
		BasicConstraintsValid: true, IsCA: true, KeyUsage: x509.KeyUsageEncipherOnly,
	}
	certificate, err := x509.CreateCertificate(rand.Reader, &template, &template, &private.PublicKey, private)
	check(err)
	return &keyPair{bits, pemText("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(private)), pemText("CERTIFICATE", certificate), private}
}

func seal(key *keyPair, label []byte, contentKeyBytes int, plaintext []byte) []byte {
	contentKey := make([]byte, contentKeyBytes)
	_, err := rand.Read(contentKey)
	check(err)
	block, err := aes.NewCipher(contentKey)
	check(err)
	gcm, err := cipher.NewGCM(block)
	check(err)
	ciphertext := gcm.Seal(nil, make([]byte, gcm.NonceSize()), plaintext, nil)
	return envelope(wrapKey(key, label, contentKey), ciphertext)
}

func wrapKey(key *keyPair, label, contentKey []byte) []byte {
	wrapped, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, &key.private.PublicKey, contentKey, label)
	check(err)
	return wrapped
}

func envelope(wrapped, ciphertext []byte) []byte {
	length := binary.BigEndian.AppendUint16(nil, uint16(len(wrapped)))
	return append(append(length, wrapped...), ciphertext...)
}

func flip(value []byte, at int) []byte {
	changed := bytes.Clone(value)
	changed[at] ^= 1
	return changed
}

func everyByte() []byte {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	return all
}

func pemText(label string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
