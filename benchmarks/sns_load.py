"""Posts SNS's deliveries as fast as they are answered, over a few connections that are kept.

    python sns_load.py PORT CONNECTIONS < BODIES

Bodies are lines. Writes the seconds that it took and the numbers of answers by status, as JSON.
A process of its own, on bare sockets: what it needs is not the server's.
"""

import asyncio
import json
import sys
import time
from collections import Counter

HEAD = (
    "POST /v1/aws/sns HTTP/1.1\r\nHost: wl\r\nUser-Agent: Amazon Simple Notification Service Agent"
    "\r\nContent-Type: text/plain; charset=UTF-8\r\nx-amz-sns-message-type: Notification"
    "\r\nx-amz-sns-topic-arn: arn:aws:sns:eu-central-1:123456789012:wl"
    "\r\nContent-Length: {}\r\n\r\n"
)


async def main(port: int, connections: int, bodies: list[bytes]) -> None:
    """Post all of them."""
    requests = [HEAD.format(len(body)).encode() + body for body in bodies][::-1]
    statuses = Counter[str]()
    begin = time.perf_counter()
    await asyncio.gather(*(_post(port, requests, statuses) for _ in range(connections)))
    print(json.dumps({"seconds": time.perf_counter() - begin, "statuses": statuses}))


async def _post(port: int, requests: list[bytes], statuses: Counter[str]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while requests:
        writer.write(requests.pop())
        head = await reader.readuntil(b"\r\n\r\n")
        statuses[head[9:12].decode()] += 1
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length or 0))
    writer.close()


if __name__ == "__main__":
    lines = sys.stdin.buffer.read().splitlines()
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), lines))
