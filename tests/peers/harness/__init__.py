"""Real counterparts for pabxd: phones (baresip), SIP scenarios (SIPp), a look at the wire (tshark). Standard library only."""
