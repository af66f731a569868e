// A plain Go crawler: workers around one queue, a map of what was seen, the tokenizer of golang.org/x/net/html. It keeps nothing
// on disk and asks for no robots.txt. Usage: crawl [-c 64] [-insecure] [-http2] ROOT
package main

import (
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/html"
)

type crawler struct {
	client *http.Client
	host   string

	mutex    sync.Mutex
	wake     *sync.Cond
	seen     map[string]bool
	queue    []string
	busy     int
	pages    int
	failures int
}

func main() {
	concurrency := flag.Int("c", 64, "goroutines, and idle connections that are kept")
	insecure := flag.Bool("insecure", false, "take any certificate")
	http2 := flag.Bool("http2", false, "speak HTTP/2 where the server chooses it")
	flag.Parse()
	root, err := url.Parse(flag.Arg(0))
	if err != nil || root.Host == "" {
		fmt.Fprintln(os.Stderr, "usage: crawl [-c 64] [-insecure] ROOT")
		os.Exit(2)
	}
	c := &crawler{
		client: &http.Client{
			Timeout:   30 * time.Second,
			Transport: &http.Transport{
				MaxIdleConnsPerHost: *concurrency,
				MaxConnsPerHost:     *concurrency,
				TLSClientConfig:     &tls.Config{InsecureSkipVerify: *insecure},
				ForceAttemptHTTP2:   *http2,
			},
		},
		host: root.Host,
		seen: map[string]bool{},
	}
	c.wake = sync.NewCond(&c.mutex)
	c.add([]string{root.String()})
	var workers sync.WaitGroup
	for i := 0; i < *concurrency; i++ {
		workers.Add(1)
		go func() {
			defer workers.Done()
			c.work()
		}()
	}
	workers.Wait()
	fmt.Printf("{\"pages\": %d, \"failures\": %d}\n", c.pages, c.failures)
}

// work takes URLs until nothing is queued and nobody could add more.
func (c *crawler) work() {
	for {
		address, ok := c.next()
		if !ok {
			return
		}
		links, err := c.visit(address)
		c.add(links)
		c.done(err)
	}
}

func (c *crawler) next() (string, bool) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for len(c.queue) == 0 && c.busy > 0 {
		c.wake.Wait()
	}
	if len(c.queue) == 0 {
		return "", false
	}
	address := c.queue[0]
	c.queue = c.queue[1:]
	c.busy++
	return address, true
}

func (c *crawler) add(addresses []string) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for _, address := range addresses {
		if !c.seen[address] {
			c.seen[address] = true
			c.queue = append(c.queue, address)
			c.wake.Signal()
		}
	}
}

func (c *crawler) done(err error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.busy--
	if err != nil {
		c.failures++
	} else {
		c.pages++
	}
	if c.busy == 0 {
		c.wake.Broadcast()
	}
}

func (c *crawler) visit(address string) ([]string, error) {
	response, err := c.client.Get(address)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var links []string
	if response.StatusCode == 200 && strings.HasPrefix(response.Header.Get("Content-Type"), "text/html") {
		links = c.links(response.Request.URL, response.Body)
	}
	// A connection is used again only once its response is read to the end.
	_, err = io.Copy(io.Discard, response.Body)
	return links, err
}

func (c *crawler) links(base *url.URL, body io.Reader) []string {
	var links []string
	tokenizer := html.NewTokenizer(body)
	for {
		switch tokenizer.Next() {
		case html.ErrorToken:
			return links
		case html.StartTagToken, html.SelfClosingTagToken:
			if link, ok := c.linkOf(tokenizer, base); ok {
				links = append(links, link)
			}
		}
	}
}

// linkOf gives the page that a tag leads to, if it is on the host of the root.
func (c *crawler) linkOf(tokenizer *html.Tokenizer, base *url.URL) (string, bool) {
	name, hasAttributes := tokenizer.TagName()
	wanted := ""
	switch string(name) {
	case "a", "area":
		wanted = "href"
	case "iframe":
		wanted = "src"
	default:
		return "", false
	}
	for hasAttributes {
		var key, value []byte
		key, value, hasAttributes = tokenizer.TagAttr()
		if string(key) != wanted {
			continue
		}
		link, err := base.Parse(strings.TrimSpace(string(value)))
		if err != nil || link.Host != c.host || (link.Scheme != "http" && link.Scheme != "https") {
			return "", false
		}
		link.Fragment = ""
		return link.String(), true
	}
	return "", false
}
