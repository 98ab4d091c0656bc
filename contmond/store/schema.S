/* SPDX-License-Identifier: GPL-2.0-only */
/* schema.sql as it is, with a NUL after it */

	.section .rodata
	.global schema_sql
schema_sql:
	.incbin "contmond/store/schema.sql"
	.byte 0

	.section .note.GNU-stack, "", %progbits
