/** The life of a run: outcomes, attempts, retries, overlap, recovery. Tables declared as data. */
@org.jspecify.annotations.NullMarked
package dev.belfry.core.run;
