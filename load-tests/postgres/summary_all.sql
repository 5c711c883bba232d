-- all.sql's question, of the summary.
SELECT contract_id, sum(due) AS due, sum(picked_up) AS picked_up
FROM pick_up_summary GROUP BY contract_id;
