-- What statistics count, in the index that the history is read by: a year of calls is counted without a look at the records, whose
-- traces and figures are ten times as large.
DROP INDEX call_stats_by_time;
CREATE INDEX call_stats_by_time ON call_stats (
    account_id, start_time, call_id, call_direction, status, end_time, duration, trunk_id, extension_id, caller, callee
);
