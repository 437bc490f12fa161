"""What the attacks are made of: raw SIP, digest, a phone of our own with sound, and some statistics."""
