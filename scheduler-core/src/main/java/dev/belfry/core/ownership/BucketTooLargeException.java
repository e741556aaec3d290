package dev.belfry.core.ownership;

/** A bucket of the assignment table would not fit into one znode. Names the job that takes most of it. */
public final class BucketTooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int bucket;
    private final String jobUid;

    BucketTooLargeException(int bucket, int bytes, String jobUid) {
        super("assignment bucket " + bucket + " would take " + bytes + " bytes, at most " + BucketCodec.MOST_BYTES
                + " fit; job " + jobUid + " takes most of it. Give that job fewer shards, or move jobs to another"
                + " namespace.");
        this.bucket = bucket;
        this.jobUid = jobUid;
    }

    /** The bucket, 0 to 255. */
    public int bucket() {
        return bucket;
    }

    /** The job with most bytes in the bucket. */
    public String jobUid() {
        return jobUid;
    }
}
