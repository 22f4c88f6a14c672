"""How a bucket is reached: endpoint, keys, patience. Any server that speaks S3 will do."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from obstore.store import S3Store

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

#: Where a server that is not Amazon's is named, the first that is set.
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")

# A client that waits hears within some seconds that the bucket is away; a film that took minutes
# outlives an outage of a minute. Timeouts are of one attempt, and retries stop after `retry_timeout`.
_BRISK: "RetryConfig" = {
    "max_retries": 5,
    "backoff": {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=2), "base": 2},
    "retry_timeout": timedelta(seconds=8),
}
_PATIENT: "RetryConfig" = {
    "max_retries": 20,
    "backoff": {"init_backoff": timedelta(milliseconds=200), "max_backoff": timedelta(seconds=5), "base": 2},
    "retry_timeout": timedelta(seconds=60),
}
#: A body is read for as long as bytes come, however slow its reader; the library's own limit is 30 seconds.
_WHOLE_REQUEST = "6h"


@dataclass(frozen=True)
class Bucket:
    """One bucket, with the stores that ask it."""

    name: str
    #: As operators wrote it; "" is Amazon's own for the region.
    endpoint: str
    #: For answers that somebody waits for.
    brisk: Any
    #: For files that must be kept or brought.
    patient: Any
    #: Signs URLs with the address that clients reach.
    signing: Any


def open_bucket(url: str, public_endpoint: str = "", variables: Mapping[str, str] = os.environ) -> Bucket:
    """The bucket at `s3://NAME/PREFIX`; the usual AWS_... variables give endpoint, region and keys."""
    endpoint = next((variables[name] for name in _ENDPOINTS if variables.get(name)), "")
    brisk = S3Store.from_url(url, client_options=_options(endpoint, variables, "10s"), retry_config=_BRISK)
    patient = S3Store.from_url(url, client_options=_options(endpoint, variables, "60s"), retry_config=_PATIENT)
    signing = brisk
    if public_endpoint:
        if variables.get(_ENDPOINTS[0]):
            # The library lets this one win over whatever it is told.
            raise ValueError(f"with OXREEL_STORAGE_PUBLIC_ENDPOINT set AWS_ENDPOINT_URL and not {_ENDPOINTS[0]}")
        options = _options(public_endpoint, variables, "10s")
        signing = S3Store.from_url(url, endpoint=public_endpoint, client_options=options, retry_config=_BRISK)
    return Bucket(url.removeprefix("s3://").partition("/")[0], endpoint, brisk, patient, signing)


def reason(bucket: Bucket, error: BaseException) -> str:
    """What is wrong with a bucket that answered with `error`, in words for whoever set it up."""
    at = bucket.endpoint or "Amazon S3"
    text = str(error)
    code = re.search(r"<Code>(\w+)</Code>", text)
    said = f" ({code[1]})" if code else ""
    if "169.254.169.254" in text or "InstanceCredential" in text:
        return "no keys were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    if "403 Forbidden" in text or "401 Unauthorized" in text:
        return (
            f"the bucket '{bucket.name}' at {at} refuses the keys{said}: check AWS_ACCESS_KEY_ID, "
            "AWS_SECRET_ACCESS_KEY and that they may list, read, write and delete"
        )
    if "404 Not Found" in text:
        return f"there is no bucket '{bucket.name}' at {at}{said}: make it, or check the name and AWS_ENDPOINT_URL"
    if "301 " in text or "307 " in text or "AuthorizationHeaderMalformed" in text:
        return f"the bucket '{bucket.name}' is in another region{said}: set AWS_REGION to its own"
    first = text.partition("\n")[0]
    return f"the bucket '{bucket.name}' at {at} does not answer as S3 does: check AWS_ENDPOINT_URL ({first})"


def _options(endpoint: str, variables: Mapping[str, str], read_timeout: str) -> "ClientConfig":
    # Whoever writes http:// means it.
    plain = endpoint.startswith("http://") or variables.get("AWS_ALLOW_HTTP", "").lower() in ("1", "true")
    return {
        "allow_http": plain,
        "connect_timeout": "5s",
        "read_timeout": read_timeout,
        "timeout": _WHOLE_REQUEST,
    }
