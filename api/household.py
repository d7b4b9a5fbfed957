"""Which addresses count as one caller, where requests are counted."""

from ipaddress import IPv6Address


def household(address: str) -> str:
    """Give what counts of an address: of IPv6 the first 64 bits, for a household has all of them.

    To a socket for both, who comes by IPv4 is ::ffff:192.0.2.1 and counts as 192.0.2.1; what is no address counts as it
    stands.
    """
    if ":" not in address:
        return address
    try:
        found = IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    return str(found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64))
