"""A crawler of the classic queue design, on asyncio and aiohttp: as many coroutines as requests at once, one queue, one set of
what was seen. It keeps nothing on disk and asks for no robots.txt. Usage: crawl.py [-c 64] [--links parser|regex]
[--insecure] ROOT

Links come from the standard library's html.parser, or with `--links regex` from the pattern that the classic has: quicker, and
wrong about comments, scripts and anything unusual.
"""

import argparse
import asyncio
import html
import json
import re
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import aiohttp

HREF = re.compile(r"""(?i)\bhref=["']([^\s"'<>]+)""")
WANTED = {"a": "href", "area": "href", "iframe": "src"}


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        wanted = WANTED.get(tag)
        if wanted:
            self.found.extend(value for name, value in attrs if name == wanted and value)


def links_by_parser(text):
    parser = Links()
    parser.feed(text)
    parser.close()
    return parser.found


def links_by_regex(text):
    return [html.unescape(link) for link in HREF.findall(text)]


class Crawler:
    def __init__(self, root, concurrency, links, insecure):
        self.root = root
        self.host = urlsplit(root).netloc
        self.concurrency = concurrency
        self.links = links
        self.insecure = insecure
        self.seen = {root}
        self.queue = asyncio.Queue()
        self.pages = 0
        self.failures = 0

    async def crawl(self):
        connector = aiohttp.TCPConnector(limit=self.concurrency, ssl=False if self.insecure else None)
        timeout = aiohttp.ClientTimeout(total=30)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
            self.queue.put_nowait(self.root)
            workers = [asyncio.create_task(self.work(session)) for _ in range(self.concurrency)]
            await self.queue.join()
            for worker in workers:
                worker.cancel()

    async def work(self, session):
        while True:
            url = await self.queue.get()
            try:
                await self.visit(session, url)
                self.pages += 1
            except (aiohttp.ClientError, asyncio.TimeoutError):
                self.failures += 1
            finally:
                self.queue.task_done()

    async def visit(self, session, url):
        async with session.get(url) as response:
            if response.status != 200 or response.content_type != "text/html":
                await response.read()
                return
            # Without a charset in the header aiohttp would guess one from the bytes, which costs ten times the rest.
            text = await response.text(encoding="utf-8", errors="replace")
            base = str(response.url)
        for link in self.links(text):
            try:
                found = urldefrag(urljoin(base, link)).url
                parts = urlsplit(found)
            except ValueError:
                continue
            if parts.scheme in ("http", "https") and parts.netloc == self.host and found not in self.seen:
                self.seen.add(found)
                self.queue.put_nowait(found)


async def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("-c", type=int, default=64)
    arguments.add_argument("--links", choices=["parser", "regex"], default="parser")
    arguments.add_argument("--insecure", action="store_true")
    arguments.add_argument("root")
    given = arguments.parse_args()
    links = links_by_regex if given.links == "regex" else links_by_parser
    crawler = Crawler(given.root, given.c, links, given.insecure)
    await crawler.crawl()
    print(json.dumps({"pages": crawler.pages, "failures": crawler.failures}))


asyncio.run(main())
