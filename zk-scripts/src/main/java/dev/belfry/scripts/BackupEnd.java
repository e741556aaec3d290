package dev.belfry.scripts;

/**
 * What the last line of a backup says.
 *
 * @param znodes how many there are before it
 * @param zxid no transaction after this one is in it
 * @param sha256 of all bytes before the line, in hex
 */
record BackupEnd(long znodes, long zxid, String sha256) {}
