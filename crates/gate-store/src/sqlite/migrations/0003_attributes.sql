-- Attributes that the organisation reads, `name=value`, one a line: names hold no `=`, values no line break.
ALTER TABLE sessions ADD COLUMN attributes TEXT NOT NULL DEFAULT '';
ALTER TABLE answers ADD COLUMN attributes TEXT NOT NULL DEFAULT '';
