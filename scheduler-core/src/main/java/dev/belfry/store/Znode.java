package dev.belfry.store;

import java.time.Instant;

/**
 * One znode as read.
 *
 * @param data its content; not to be changed by the reader
 * @param version number of content changes since its creation
 * @param createdZxid of the transaction that created it
 * @param modifiedZxid of the transaction that last changed its content
 * @param created the ensemble's clock at its creation
 * @param modified the ensemble's clock at its last change
 * @param ephemeralOwner the session that it vanishes with; 0 if it is persistent
 * @param children number of its children
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are handed over, never compared
public record Znode(
        String path,
        byte[] data,
        int version,
        long createdZxid,
        long modifiedZxid,
        Instant created,
        Instant modified,
        long ephemeralOwner,
        int children) {}
