// Command ssh-server is a Git remote over ssh for tests: it listens on a port of loopback that the system chooses, lets in one
// public key, and serves the repositories below one folder for reading. It prints its port, and ends when its stdin closes.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"

	"golang.org/x/crypto/ssh"
)

func main() {
	hostKey := flag.String("host-key", "", "file with the private key of the host")
	authorized := flag.String("authorized-key", "", "file with the public key that is let in")
	root := flag.String("root", "", "folder of the repositories")
	flag.Parse()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	if err := serve(*hostKey, *authorized, *root); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(hostKey, authorized, root string) error {
	config, err := configure(hostKey, authorized)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	for {
		connection, err := listener.Accept()
		if err != nil {
			return err
		}
		go handle(connection, config, root)
	}
}

func configure(hostKey, authorized string) (*ssh.ServerConfig, error) {
	private, err := os.ReadFile(hostKey)
	if err != nil {
		return nil, err
	}
	signer, err := ssh.ParsePrivateKey(private)
	if err != nil {
		return nil, err
	}
	public, err := os.ReadFile(authorized)
	if err != nil {
		return nil, err
	}
	allowed, _, _, _, err := ssh.ParseAuthorizedKey(public)
	if err != nil {
		return nil, err
	}
	config := &ssh.ServerConfig{
		PublicKeyCallback: func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			if bytes.Equal(key.Marshal(), allowed.Marshal()) {
				return nil, nil
			}
			return nil, fmt.Errorf("unknown key")
		},
	}
	config.AddHostKey(signer)
	return config, nil
}

func handle(connection net.Conn, config *ssh.ServerConfig, root string) {
	defer connection.Close()
	_, channels, requests, err := ssh.NewServerConn(connection, config)
	if err != nil {
		return
	}
	go ssh.DiscardRequests(requests)
	for offered := range channels {
		if offered.ChannelType() != "session" {
			_ = offered.Reject(ssh.UnknownChannelType, "sessions only")
			continue
		}
		channel, requests, err := offered.Accept()
		if err != nil {
			return
		}
		go session(channel, requests, root)
	}
}

var uploadPack = regexp.MustCompile(`^git[ -]upload-pack '/?([A-Za-z0-9._-]+)'$`)

func session(channel ssh.Channel, requests <-chan *ssh.Request, root string) {
	defer channel.Close()
	protocol := ""
	for request := range requests {
		switch request.Type {
		case "env":
			var variable struct{ Name, Value string }
			if ssh.Unmarshal(request.Payload, &variable) == nil && variable.Name == "GIT_PROTOCOL" {
				protocol = variable.Value
			}
			_ = request.Reply(true, nil)
		case "exec":
			var command struct{ Text string }
			_ = ssh.Unmarshal(request.Payload, &command)
			_ = request.Reply(true, nil)
			status := struct{ Status uint32 }{run(channel, command.Text, protocol, root)}
			_, _ = channel.SendRequest("exit-status", false, ssh.Marshal(status))
			return
		default:
			_ = request.Reply(false, nil)
		}
	}
}

func run(channel ssh.Channel, text, protocol, root string) uint32 {
	match := uploadPack.FindStringSubmatch(text)
	if match == nil {
		fmt.Fprintln(channel.Stderr(), "only git-upload-pack is served")
		return 128
	}
	command := exec.Command("git", "upload-pack", filepath.Join(root, match[1]))
	command.Env = append(os.Environ(), "GIT_PROTOCOL="+protocol)
	command.Stdout = channel
	command.Stderr = channel.Stderr()
	input, err := command.StdinPipe()
	if err != nil {
		return 128
	}
	go func() {
		_, _ = io.Copy(input, channel)
		_ = input.Close()
	}()
	if err := command.Run(); err != nil {
		return 128
	}
	return 0
}
