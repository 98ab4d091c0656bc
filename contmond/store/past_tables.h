/* SPDX-License-Identifier: GPL-2.0-only */
/* The keys of events and decisions, as in /api/v1 and for targets */
#ifndef CONTMOND_STORE_PAST_TABLES_H
#define CONTMOND_STORE_PAST_TABLES_H

#include "contmond/model/rows.h"

/** event_table - rows are struct store_event */
extern const struct table event_table;

/** decision_table - rows are struct store_decision */
extern const struct table decision_table;

#endif /* CONTMOND_STORE_PAST_TABLES_H */
