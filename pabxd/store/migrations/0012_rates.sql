-- What calls cost by a trunk: a price for each prefix. A trunk's table is replaced as a whole.
CREATE TABLE trunk_rates (
    trunk_id TEXT NOT NULL REFERENCES sip_trunks (trunk_id) ON DELETE CASCADE,
    -- Digits of an international number, without plus.
    prefix TEXT NOT NULL,
    -- A minute, in millionths of the currency unit.
    price INTEGER NOT NULL CHECK (price BETWEEN 0 AND 1000000000),
    PRIMARY KEY (trunk_id, prefix)
) STRICT, WITHOUT ROWID;
