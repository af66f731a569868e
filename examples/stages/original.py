"""The design of stage four where it comes from: asyncio and aiohttp, a queue with join, as many workers as downloads at once.
It is here to be measured beside the stages. Usage: original.py [-c CONNECTIONS] ROOT"""

import argparse
import asyncio
import json
import re
import time
from urllib.parse import urldefrag, urljoin, urlsplit

import aiohttp

HREF = re.compile(r"""(?i)\bhref\s*=\s*["']?([^\s"'<>]+)""")


async def crawl(root, connections):
    queue, seen, counts = asyncio.Queue(), {root}, {"pages": 0, "failures": 0}
    host = urlsplit(root).netloc

    async def visit(session, url):
        async with session.get(url) as response:
            if response.status != 200 or response.content_type != "text/html":
                return
            # Without this aiohttp guesses a character set from the bytes, which costs more than all else.
            text = await response.text(encoding="utf-8", errors="replace")
        counts["pages"] += 1
        for link in HREF.findall(text):
            found = urldefrag(urljoin(url, link.replace("&amp;", "&"))).url
            if urlsplit(found).netloc == host and found not in seen:
                seen.add(found)
                queue.put_nowait(found)

    async def work(session):
        while True:
            url = await queue.get()
            try:
                await visit(session, url)
            except (aiohttp.ClientError, asyncio.TimeoutError, ValueError):
                counts["failures"] += 1
            finally:
                queue.task_done()

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=connections)) as session:
        queue.put_nowait(root)
        workers = [asyncio.create_task(work(session)) for _ in range(connections)]
        await queue.join()
        for worker in workers:
            worker.cancel()
    return counts


arguments = argparse.ArgumentParser()
arguments.add_argument("-c", type=int, default=10)
arguments.add_argument("root")
given = arguments.parse_args()
start = time.monotonic()
counts = asyncio.run(crawl(given.root, given.c))
print(json.dumps({**counts, "elapsedMs": round((time.monotonic() - start) * 1000)}))
