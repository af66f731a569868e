# scrapy runspider spider.py -a root=URL -s JOBDIR=FOLDER -o pages.jsonl
# A spider as Scrapy's documentation shows it; the same command goes on with the job (docs.scrapy.org, "Jobs: pausing and resuming crawls").

import hashlib

import scrapy


class Pages(scrapy.Spider):
    name = "pages"
    custom_settings = {"CONCURRENT_REQUESTS": 16, "CONCURRENT_REQUESTS_PER_DOMAIN": 16, "LOG_LEVEL": "ERROR"}

    def __init__(self, root, **kwargs):
        super().__init__(**kwargs)
        self.start_urls = [root]

    def parse(self, response):
        yield {"url": response.url, "sha256": hashlib.sha256(response.body).hexdigest()}
        yield from response.follow_all(css="a")
