# Reads DNS messages in hexadecimal, one per line, with dnspython, and writes each anew: what it understood, in its own bytes.
import sys

import dns.message

for line in sys.stdin:
    try:
        message = dns.message.from_wire(bytes.fromhex(line.strip()), one_rr_per_rrset=True)
        print(message.to_wire(max_size=65535).hex())
    except Exception as error:
        print(f"error {type(error).__name__}: {error}")
