-- Whether the sound of an extension is encrypted. What is there stays as it was: in clear.
ALTER TABLE extensions ADD COLUMN media_encryption TEXT NOT NULL DEFAULT 'off'
    CHECK (media_encryption IN ('off', 'offered', 'required'));
