-- Run once in a restored database, before anything serves it.
--
-- Report pages are cached, here and by browsers, under numbers of this sequence. What was changed
-- after the backup has used numbers that would be given away again, to other figures.
SELECT setval('report_revisions', nextval('report_revisions') + 1000000000);
