import * as $protobuf from "protobufjs/minimal";
import Long = require("long");

/** Namespace mini_gem5. */
export namespace mini_gem5 {

    /**
     * Properties of a CheckpointFile.
     * @deprecated Use mini_gem5.CheckpointFile.$Properties instead.
     */
    interface ICheckpointFile extends mini_gem5.CheckpointFile.$Properties {
    }

    /** Represents a CheckpointFile. */
    class CheckpointFile {

        /**
         * Constructs a new CheckpointFile.
         * @param [properties] Properties to set
         */
        constructor(properties?: mini_gem5.CheckpointFile.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CheckpointFile record. */
        record: mini_gem5.CheckpointRecord[];

        /**
         * Creates a new CheckpointFile instance using the specified properties.
         * @param [properties] Properties to set
         * @returns CheckpointFile instance
         */
        static create(properties: mini_gem5.CheckpointFile.$Shape): mini_gem5.CheckpointFile & mini_gem5.CheckpointFile.$Shape;
        static create(properties?: mini_gem5.CheckpointFile.$Properties): mini_gem5.CheckpointFile;

        /**
         * Encodes the specified CheckpointFile message. Does not implicitly {@link mini_gem5.CheckpointFile.verify|verify} messages.
         * @param message CheckpointFile message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: mini_gem5.CheckpointFile.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a CheckpointFile message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {mini_gem5.CheckpointFile & mini_gem5.CheckpointFile.$Shape} CheckpointFile
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mini_gem5.CheckpointFile & mini_gem5.CheckpointFile.$Shape;
    }

    namespace CheckpointFile {

        /** Properties of a CheckpointFile. */
        interface $Properties {

            /** CheckpointFile record */
            record?: mini_gem5.CheckpointRecord.$Properties[];

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CheckpointFile. */
        type $Shape = {
          record?: mini_gem5.CheckpointRecord.$Shape[];
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of a CheckpointRecord.
     * @deprecated Use mini_gem5.CheckpointRecord.$Properties instead.
     */
    interface ICheckpointRecord extends mini_gem5.CheckpointRecord.$Properties {
    }

    /** Represents a CheckpointRecord. */
    class CheckpointRecord {

        /**
         * Constructs a new CheckpointRecord.
         * @param [properties] Properties to set
         */
        constructor(properties?: mini_gem5.CheckpointRecord.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CheckpointRecord checksum. */
        checksum: (number|Long);

        /** CheckpointRecord header. */
        header: (mini_gem5.CheckpointHeader|null);

        /** CheckpointRecord configuration. */
        configuration: (mini_gem5.Configuration|null);

        /** CheckpointRecord section. */
        section: (mini_gem5.Section|null);

        /** CheckpointRecord image. */
        image: (mini_gem5.ImageReference|null);

        /** CheckpointRecord end. */
        end: (mini_gem5.CheckpointEnd|null);

        /** CheckpointRecord body. */
        body?: ("header"|"configuration"|"section"|"image"|"end");

        /**
         * Creates a new CheckpointRecord instance using the specified properties.
         * @param [properties] Properties to set
         * @returns CheckpointRecord instance
         */
        static create(properties: mini_gem5.CheckpointRecord.$Shape): mini_gem5.CheckpointRecord & mini_gem5.CheckpointRecord.$Shape;
        static create(properties?: mini_gem5.CheckpointRecord.$Properties): mini_gem5.CheckpointRecord;

        /**
         * Encodes the specified CheckpointRecord message. Does not implicitly {@link mini_gem5.CheckpointRecord.verify|verify} messages.
         * @param message CheckpointRecord message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: mini_gem5.CheckpointRecord.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a CheckpointRecord message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {mini_gem5.CheckpointRecord & mini_gem5.CheckpointRecord.$Shape} CheckpointRecord
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mini_gem5.CheckpointRecord & mini_gem5.CheckpointRecord.$Shape;
    }

    namespace CheckpointRecord {

        /** Properties of a CheckpointRecord. */
        interface $Properties {

            /** CheckpointRecord checksum */
            checksum?: (number|Long);

            /** CheckpointRecord header */
            header?: (mini_gem5.CheckpointHeader.$Properties|null);

            /** CheckpointRecord configuration */
            configuration?: (mini_gem5.Configuration.$Properties|null);

            /** CheckpointRecord section */
            section?: (mini_gem5.Section.$Properties|null);

            /** CheckpointRecord image */
            image?: (mini_gem5.ImageReference.$Properties|null);

            /** CheckpointRecord end */
            end?: (mini_gem5.CheckpointEnd.$Properties|null);

            /** CheckpointRecord body */
            body?: ("header"|"configuration"|"section"|"image"|"end");

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of a CheckpointRecord. */
        type $Shape = {
          checksum?: number|Long;
          header?: mini_gem5.CheckpointHeader.$Shape|null;
          configuration?: mini_gem5.Configuration.$Shape|null;
          section?: mini_gem5.Section.$Shape|null;
          image?: mini_gem5.ImageReference.$Shape|null;
          end?: mini_gem5.CheckpointEnd.$Shape|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ body?: undefined; header?: null; configuration?: null; section?: null; image?: null; end?: null }|{ body?: "header"; header: mini_gem5.CheckpointHeader.$Shape; configuration?: null; section?: null; image?: null; end?: null }|{ body?: "configuration"; header?: null; configuration: mini_gem5.Configuration.$Shape; section?: null; image?: null; end?: null }|{ body?: "section"; header?: null; configuration?: null; section: mini_gem5.Section.$Shape; image?: null; end?: null }|{ body?: "image"; header?: null; configuration?: null; section?: null; image: mini_gem5.ImageReference.$Shape; end?: null }|{ body?: "end"; header?: null; configuration?: null; section?: null; image?: null; end: mini_gem5.CheckpointEnd.$Shape })
        );
    }

    /**
     * Properties of a CheckpointHeader.
     * @deprecated Use mini_gem5.CheckpointHeader.$Properties instead.
     */
    interface ICheckpointHeader extends mini_gem5.CheckpointHeader.$Properties {
    }

    /** Represents a CheckpointHeader. */
    class CheckpointHeader {

        /**
         * Constructs a new CheckpointHeader.
         * @param [properties] Properties to set
         */
        constructor(properties?: mini_gem5.CheckpointHeader.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CheckpointHeader formatVersion. */
        formatVersion: number;

        /** CheckpointHeader producer. */
        producer: string;

        /** CheckpointHeader tick. */
        tick: (number|Long);

        /** CheckpointHeader ticksPerSecond. */
        ticksPerSecond: (number|Long);

        /** CheckpointHeader parent. */
        parent: (mini_gem5.ParentReference|null);

        /**
         * Creates a new CheckpointHeader instance using the specified properties.
         * @param [properties] Properties to set
         * @returns CheckpointHeader instance
         */
        static create(properties: mini_gem5.CheckpointHeader.$Shape): mini_gem5.CheckpointHeader & mini_gem5.CheckpointHeader.$Shape;
        static create(properties?: mini_gem5.CheckpointHeader.$Properties): mini_gem5.CheckpointHeader;

        /**
         * Encodes the specified CheckpointHeader message. Does not implicitly {@link mini_gem5.CheckpointHeader.verify|verify} messages.
         * @param message CheckpointHeader message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: mini_gem5.CheckpointHeader.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a CheckpointHeader message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {mini_gem5.CheckpointHeader & mini_gem5.CheckpointHeader.$Shape} CheckpointHeader
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mini_gem5.CheckpointHeader & mini_gem5.CheckpointHeader.$Shape;
    }

    namespace CheckpointHeader {

        /** Properties of a CheckpointHeader. */
        interface $Properties {

            /** CheckpointHeader formatVersion */
            formatVersion?: number;

            /** CheckpointHeader producer */
            producer?: string;

            /** CheckpointHeader tick */
            tick?: (number|Long);

            /** CheckpointHeader ticksPerSecond */
            ticksPerSecond?: (number|Long);

            /** CheckpointHeader parent */
            parent?: (mini_gem5.ParentReference.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CheckpointHeader. */
        type $Shape = mini_gem5.CheckpointHeader.$Properties;
    }

    /**
     * Properties of a ParentReference.
     * @deprecated Use mini_gem5.ParentReference.$Properties instead.
     */
    interface IParentReference extends mini_gem5.ParentReference.$Properties {
    }

    /** Represents a ParentReference. */
    class ParentReference {

        /**
         * Constructs a new ParentReference.
         * @param [properties] Properties to set
         */
        constructor(properties?: mini_gem5.ParentReference.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ParentReference path. */
        path: string;

        /** ParentReference digest. */
        digest: (number|Long);

        /**
         * Creates a new ParentReference instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ParentReference instance
         */
        static create(properties: mini_gem5.ParentReference.$Shape): mini_gem5.ParentReference & mini_gem5.ParentReference.$Shape;
        static create(properties?: mini_gem5.ParentReference.$Properties): mini_gem5.ParentReference;

        /**
         * Encodes the specified ParentReference message. Does not implicitly {@link mini_gem5.ParentReference.verify|verify} messages.
         * @param message ParentReference message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: mini_gem5.ParentReference.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ParentReference message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {mini_gem5.ParentReference & mini_gem5.ParentReference.$Shape} ParentReference
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mini_gem5.ParentReference & mini_gem5.ParentReference.$Shape;
    }

    namespace ParentReference {

        /** Properties of a ParentReference. */
        interface $Properties {

            /** ParentReference path */
            path?: string;

            /** ParentReference digest */
            digest?: (number|Long);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ParentReference. */
        type $Shape = mini_gem5.ParentReference.$Properties;
    }

    /**
     * Properties of a Configuration.
     * @deprecated Use mini_gem5.Configuration.$Properties instead.
     */
    interface IConfiguration extends mini_gem5.Configuration.$Properties {
    }

    /** Represents a Configuration. */
    class Configuration {

        /**
         * Constructs a new Configuration.
         * @param [properties] Properties to set
         */
        constructor(properties?: mini_gem5.Configuration.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Configuration json. */
        json: string;

        /**
         * Creates a new Configuration instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Configuration instance
         */
        static create(properties: mini_gem5.Configuration.$Shape): mini_gem5.Configuration & mini_gem5.Configuration.$Shape;
        static create(properties?: mini_gem5.Configuration.$Properties): mini_gem5.Configuration;

        /**
         * Encodes the specified Configuration message. Does not implicitly {@link mini_gem5.Configuration.verify|verify} messages.
         * @param message Configuration message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: mini_gem5.Configuration.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Configuration message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {mini_gem5.Configuration & mini_gem5.Configuration.$Shape} Configuration
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mini_gem5.Configuration & mini_gem5.Configuration.$Shape;
    }

    namespace Configuration {

        /** Properties of a Configuration. */
        interface $Properties {

            /** Configuration json */
            json?: string;

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Configuration. */
        type $Shape = mini_gem5.Configuration.$Properties;
    }

    /**
     * Properties of a Section.
     * @deprecated Use mini_gem5.Section.$Properties instead.
     */
    interface ISection extends mini_gem5.Section.$Properties {
    }

    /** Represents a Section. */
    class Section {

        /**
         * Constructs a new Section.
         * @param [properties] Properties to set
         */
        constructor(properties?: mini_gem5.Section.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Section name. */
        name: string;

        /** Section version. */
        version: number;

        /** Section entry. */
        entry: mini_gem5.Entry[];

        /**
         * Creates a new Section instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Section instance
         */
        static create(properties: mini_gem5.Section.$Shape): mini_gem5.Section & mini_gem5.Section.$Shape;
        static create(properties?: mini_gem5.Section.$Properties): mini_gem5.Section;

        /**
         * Encodes the specified Section message. Does not implicitly {@link mini_gem5.Section.verify|verify} messages.
         * @param message Section message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: mini_gem5.Section.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Section message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {mini_gem5.Section & mini_gem5.Section.$Shape} Section
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mini_gem5.Section & mini_gem5.Section.$Shape;
    }

    namespace Section {

        /** Properties of a Section. */
        interface $Properties {

            /** Section name */
            name?: string;

            /** Section version */
            version?: number;

            /** Section entry */
            entry?: mini_gem5.Entry.$Properties[];

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Section. */
        type $Shape = {
          name?: string;
          version?: number;
          entry?: mini_gem5.Entry.$Shape[];
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of an Entry.
     * @deprecated Use mini_gem5.Entry.$Properties instead.
     */
    interface IEntry extends mini_gem5.Entry.$Properties {
    }

    /** Represents an Entry. */
    class Entry {

        /**
         * Constructs a new Entry.
         * @param [properties] Properties to set
         */
        constructor(properties?: mini_gem5.Entry.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Entry key. */
        key: string;

        /** Entry boolean. */
        boolean: (boolean|null);

        /** Entry integer. */
        integer: (number|Long|null);

        /** Entry real. */
        real: (number|null);

        /** Entry word. */
        word: (number|Long|null);

        /** Entry text. */
        text: (string|null);

        /** Entry data. */
        data: (Uint8Array|null);

        /** Entry integers. */
        integers: (mini_gem5.IntegerList|null);

        /** Entry reals. */
        reals: (mini_gem5.RealList|null);

        /** Entry words. */
        words: (mini_gem5.WordList|null);

        /** Entry texts. */
        texts: (mini_gem5.TextList|null);

        /** Entry value. */
        value?: ("boolean"|"integer"|"real"|"word"|"text"|"data"|"integers"|"reals"|"words"|"texts");

        /**
         * Creates a new Entry instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Entry instance
         */
        static create(properties: mini_gem5.Entry.$Shape): mini_gem5.Entry & mini_gem5.Entry.$Shape;
        static create(properties?: mini_gem5.Entry.$Properties): mini_gem5.Entry;

        /**
         * Encodes the specified Entry message. Does not implicitly {@link mini_gem5.Entry.verify|verify} messages.
         * @param message Entry message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: mini_gem5.Entry.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an Entry message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {mini_gem5.Entry & mini_gem5.Entry.$Shape} Entry
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mini_gem5.Entry & mini_gem5.Entry.$Shape;
    }

    namespace Entry {

        /** Properties of an Entry. */
        interface $Properties {

            /** Entry key */
            key?: string;

            /** Entry boolean */
            boolean?: (boolean|null);

            /** Entry integer */
            integer?: (number|Long|null);

            /** Entry real */
            real?: (number|null);

            /** Entry word */
            word?: (number|Long|null);

            /** Entry text */
            text?: (string|null);

            /** Entry data */
            data?: (Uint8Array|null);

            /** Entry integers */
            integers?: (mini_gem5.IntegerList.$Properties|null);

            /** Entry reals */
            reals?: (mini_gem5.RealList.$Properties|null);

            /** Entry words */
            words?: (mini_gem5.WordList.$Properties|null);

            /** Entry texts */
            texts?: (mini_gem5.TextList.$Properties|null);

            /** Entry value */
            value?: ("boolean"|"integer"|"real"|"word"|"text"|"data"|"integers"|"reals"|"words"|"texts");

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of an Entry. */
        type $Shape = {
          key?: string;
          boolean?: boolean|null;
          integer?: number|Long|null;
          real?: number|null;
          word?: number|Long|null;
          text?: string|null;
          data?: Uint8Array|null;
          integers?: mini_gem5.IntegerList.$Shape|null;
          reals?: mini_gem5.RealList.$Shape|null;
          words?: mini_gem5.WordList.$Shape|null;
          texts?: mini_gem5.TextList.$Shape|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ value?: undefined; boolean?: null; integer?: null; real?: null; word?: null; text?: null; data?: null; integers?: null; reals?: null; words?: null; texts?: null }|{ value?: "boolean"; boolean: boolean; integer?: null; real?: null; word?: null; text?: null; data?: null; integers?: null; reals?: null; words?: null; texts?: null }|{ value?: "integer"; boolean?: null; integer: number|Long; real?: null; word?: null; text?: null; data?: null; integers?: null; reals?: null; words?: null; texts?: null }|{ value?: "real"; boolean?: null; integer?: null; real: number; word?: null; text?: null; data?: null; integers?: null; reals?: null; words?: null; texts?: null }|{ value?: "word"; boolean?: null; integer?: null; real?: null; word: number|Long; text?: null; data?: null; integers?: null; reals?: null; words?: null; texts?: null }|{ value?: "text"; boolean?: null; integer?: null; real?: null; word?: null; text: string; data?: null; integers?: null; reals?: null; words?: null; texts?: null }|{ value?: "data"; boolean?: null; integer?: null; real?: null; word?: null; text?: null; data: Uint8Array; integers?: null; reals?: null; words?: null; texts?: null }|{ value?: "integers"; boolean?: null; integer?: null; real?: null; word?: null; text?: null; data?: null; integers: mini_gem5.IntegerList.$Shape; reals?: null; words?: null; texts?: null }|{ value?: "reals"; boolean?: null; integer?: null; real?: null; word?: null; text?: null; data?: null; integers?: null; reals: mini_gem5.RealList.$Shape; words?: null; texts?: null }|{ value?: "words"; boolean?: null; integer?: null; real?: null; word?: null; text?: null; data?: null; integers?: null; reals?: null; words: mini_gem5.WordList.$Shape; texts?: null }|{ value?: "texts"; boolean?: null; integer?: null; real?: null; word?: null; text?: null; data?: null; integers?: null; reals?: null; words?: null; texts: mini_gem5.TextList.$Shape })
        );
    }

    /**
     * Properties of an IntegerList.
     * @deprecated Use mini_gem5.IntegerList.$Properties instead.
     */
    interface IIntegerList extends mini_gem5.IntegerList.$Properties {
    }

    /** Represents an IntegerList. */
    class IntegerList {

        /**
         * Constructs a new IntegerList.
         * @param [properties] Properties to set
         */
        constructor(properties?: mini_gem5.IntegerList.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** IntegerList value. */
        value: (number|Long)[];

        /**
         * Creates a new IntegerList instance using the specified properties.
         * @param [properties] Properties to set
         * @returns IntegerList instance
         */
        static create(properties: mini_gem5.IntegerList.$Shape): mini_gem5.IntegerList & mini_gem5.IntegerList.$Shape;
        static create(properties?: mini_gem5.IntegerList.$Properties): mini_gem5.IntegerList;

        /**
         * Encodes the specified IntegerList message. Does not implicitly {@link mini_gem5.IntegerList.verify|verify} messages.
         * @param message IntegerList message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: mini_gem5.IntegerList.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an IntegerList message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {mini_gem5.IntegerList & mini_gem5.IntegerList.$Shape} IntegerList
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mini_gem5.IntegerList & mini_gem5.IntegerList.$Shape;
    }

    namespace IntegerList {

        /** Properties of an IntegerList. */
        interface $Properties {

            /** IntegerList value */
            value?: (number|Long)[];

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an IntegerList. */
        type $Shape = mini_gem5.IntegerList.$Properties;
    }

    /**
     * Properties of a RealList.
     * @deprecated Use mini_gem5.RealList.$Properties instead.
     */
    interface IRealList extends mini_gem5.RealList.$Properties {
    }

    /** Represents a RealList. */
    class RealList {

        /**
         * Constructs a new RealList.
         * @param [properties] Properties to set
         */
        constructor(properties?: mini_gem5.RealList.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** RealList value. */
        value: number[];

        /**
         * Creates a new RealList instance using the specified properties.
         * @param [properties] Properties to set
         * @returns RealList instance
         */
        static create(properties: mini_gem5.RealList.$Shape): mini_gem5.RealList & mini_gem5.RealList.$Shape;
        static create(properties?: mini_gem5.RealList.$Properties): mini_gem5.RealList;

        /**
         * Encodes the specified RealList message. Does not implicitly {@link mini_gem5.RealList.verify|verify} messages.
         * @param message RealList message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: mini_gem5.RealList.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a RealList message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {mini_gem5.RealList & mini_gem5.RealList.$Shape} RealList
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mini_gem5.RealList & mini_gem5.RealList.$Shape;
    }

    namespace RealList {

        /** Properties of a RealList. */
        interface $Properties {

            /** RealList value */
            value?: number[];

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a RealList. */
        type $Shape = mini_gem5.RealList.$Properties;
    }

    /**
     * Properties of a WordList.
     * @deprecated Use mini_gem5.WordList.$Properties instead.
     */
    interface IWordList extends mini_gem5.WordList.$Properties {
    }

    /** Represents a WordList. */
    class WordList {

        /**
         * Constructs a new WordList.
         * @param [properties] Properties to set
         */
        constructor(properties?: mini_gem5.WordList.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** WordList value. */
        value: (number|Long)[];

        /**
         * Creates a new WordList instance using the specified properties.
         * @param [properties] Properties to set
         * @returns WordList instance
         */
        static create(properties: mini_gem5.WordList.$Shape): mini_gem5.WordList & mini_gem5.WordList.$Shape;
        static create(properties?: mini_gem5.WordList.$Properties): mini_gem5.WordList;

        /**
         * Encodes the specified WordList message. Does not implicitly {@link mini_gem5.WordList.verify|verify} messages.
         * @param message WordList message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: mini_gem5.WordList.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a WordList message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {mini_gem5.WordList & mini_gem5.WordList.$Shape} WordList
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mini_gem5.WordList & mini_gem5.WordList.$Shape;
    }

    namespace WordList {

        /** Properties of a WordList. */
        interface $Properties {

            /** WordList value */
            value?: (number|Long)[];

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a WordList. */
        type $Shape = mini_gem5.WordList.$Properties;
    }

    /**
     * Properties of a TextList.
     * @deprecated Use mini_gem5.TextList.$Properties instead.
     */
    interface ITextList extends mini_gem5.TextList.$Properties {
    }

    /** Represents a TextList. */
    class TextList {

        /**
         * Constructs a new TextList.
         * @param [properties] Properties to set
         */
        constructor(properties?: mini_gem5.TextList.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** TextList value. */
        value: string[];

        /**
         * Creates a new TextList instance using the specified properties.
         * @param [properties] Properties to set
         * @returns TextList instance
         */
        static create(properties: mini_gem5.TextList.$Shape): mini_gem5.TextList & mini_gem5.TextList.$Shape;
        static create(properties?: mini_gem5.TextList.$Properties): mini_gem5.TextList;

        /**
         * Encodes the specified TextList message. Does not implicitly {@link mini_gem5.TextList.verify|verify} messages.
         * @param message TextList message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: mini_gem5.TextList.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a TextList message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {mini_gem5.TextList & mini_gem5.TextList.$Shape} TextList
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mini_gem5.TextList & mini_gem5.TextList.$Shape;
    }

    namespace TextList {

        /** Properties of a TextList. */
        interface $Properties {

            /** TextList value */
            value?: string[];

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a TextList. */
        type $Shape = mini_gem5.TextList.$Properties;
    }

    /**
     * Properties of an ImageReference.
     * @deprecated Use mini_gem5.ImageReference.$Properties instead.
     */
    interface IImageReference extends mini_gem5.ImageReference.$Properties {
    }

    /** Represents an ImageReference. */
    class ImageReference {

        /**
         * Constructs a new ImageReference.
         * @param [properties] Properties to set
         */
        constructor(properties?: mini_gem5.ImageReference.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ImageReference file. */
        file: string;

        /** ImageReference size. */
        size: (number|Long);

        /** ImageReference digest. */
        digest: (number|Long);

        /**
         * Creates a new ImageReference instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ImageReference instance
         */
        static create(properties: mini_gem5.ImageReference.$Shape): mini_gem5.ImageReference & mini_gem5.ImageReference.$Shape;
        static create(properties?: mini_gem5.ImageReference.$Properties): mini_gem5.ImageReference;

        /**
         * Encodes the specified ImageReference message. Does not implicitly {@link mini_gem5.ImageReference.verify|verify} messages.
         * @param message ImageReference message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: mini_gem5.ImageReference.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an ImageReference message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {mini_gem5.ImageReference & mini_gem5.ImageReference.$Shape} ImageReference
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mini_gem5.ImageReference & mini_gem5.ImageReference.$Shape;
    }

    namespace ImageReference {

        /** Properties of an ImageReference. */
        interface $Properties {

            /** ImageReference file */
            file?: string;

            /** ImageReference size */
            size?: (number|Long);

            /** ImageReference digest */
            digest?: (number|Long);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an ImageReference. */
        type $Shape = mini_gem5.ImageReference.$Properties;
    }

    /**
     * Properties of a CheckpointEnd.
     * @deprecated Use mini_gem5.CheckpointEnd.$Properties instead.
     */
    interface ICheckpointEnd extends mini_gem5.CheckpointEnd.$Properties {
    }

    /** Represents a CheckpointEnd. */
    class CheckpointEnd {

        /**
         * Constructs a new CheckpointEnd.
         * @param [properties] Properties to set
         */
        constructor(properties?: mini_gem5.CheckpointEnd.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CheckpointEnd recordCount. */
        recordCount: (number|Long);

        /** CheckpointEnd digest. */
        digest: (number|Long);

        /**
         * Creates a new CheckpointEnd instance using the specified properties.
         * @param [properties] Properties to set
         * @returns CheckpointEnd instance
         */
        static create(properties: mini_gem5.CheckpointEnd.$Shape): mini_gem5.CheckpointEnd & mini_gem5.CheckpointEnd.$Shape;
        static create(properties?: mini_gem5.CheckpointEnd.$Properties): mini_gem5.CheckpointEnd;

        /**
         * Encodes the specified CheckpointEnd message. Does not implicitly {@link mini_gem5.CheckpointEnd.verify|verify} messages.
         * @param message CheckpointEnd message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: mini_gem5.CheckpointEnd.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a CheckpointEnd message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {mini_gem5.CheckpointEnd & mini_gem5.CheckpointEnd.$Shape} CheckpointEnd
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mini_gem5.CheckpointEnd & mini_gem5.CheckpointEnd.$Shape;
    }

    namespace CheckpointEnd {

        /** Properties of a CheckpointEnd. */
        interface $Properties {

            /** CheckpointEnd recordCount */
            recordCount?: (number|Long);

            /** CheckpointEnd digest */
            digest?: (number|Long);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CheckpointEnd. */
        type $Shape = mini_gem5.CheckpointEnd.$Properties;
    }

    /**
     * Properties of a MemoryImage.
     * @deprecated Use mini_gem5.MemoryImage.$Properties instead.
     */
    interface IMemoryImage extends mini_gem5.MemoryImage.$Properties {
    }

    /** Represents a MemoryImage. */
    class MemoryImage {

        /**
         * Constructs a new MemoryImage.
         * @param [properties] Properties to set
         */
        constructor(properties?: mini_gem5.MemoryImage.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** MemoryImage record. */
        record: mini_gem5.ImageRecord[];

        /**
         * Creates a new MemoryImage instance using the specified properties.
         * @param [properties] Properties to set
         * @returns MemoryImage instance
         */
        static create(properties: mini_gem5.MemoryImage.$Shape): mini_gem5.MemoryImage & mini_gem5.MemoryImage.$Shape;
        static create(properties?: mini_gem5.MemoryImage.$Properties): mini_gem5.MemoryImage;

        /**
         * Encodes the specified MemoryImage message. Does not implicitly {@link mini_gem5.MemoryImage.verify|verify} messages.
         * @param message MemoryImage message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: mini_gem5.MemoryImage.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a MemoryImage message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {mini_gem5.MemoryImage & mini_gem5.MemoryImage.$Shape} MemoryImage
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mini_gem5.MemoryImage & mini_gem5.MemoryImage.$Shape;
    }

    namespace MemoryImage {

        /** Properties of a MemoryImage. */
        interface $Properties {

            /** MemoryImage record */
            record?: mini_gem5.ImageRecord.$Properties[];

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a MemoryImage. */
        type $Shape = {
          record?: mini_gem5.ImageRecord.$Shape[];
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of an ImageRecord.
     * @deprecated Use mini_gem5.ImageRecord.$Properties instead.
     */
    interface IImageRecord extends mini_gem5.ImageRecord.$Properties {
    }

    /** Represents an ImageRecord. */
    class ImageRecord {

        /**
         * Constructs a new ImageRecord.
         * @param [properties] Properties to set
         */
        constructor(properties?: mini_gem5.ImageRecord.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ImageRecord checksum. */
        checksum: (number|Long);

        /** ImageRecord header. */
        header: (mini_gem5.ImageHeader|null);

        /** ImageRecord pages. */
        pages: (mini_gem5.PageBatch|null);

        /** ImageRecord end. */
        end: (mini_gem5.ImageEnd|null);

        /** ImageRecord body. */
        body?: ("header"|"pages"|"end");

        /**
         * Creates a new ImageRecord instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ImageRecord instance
         */
        static create(properties: mini_gem5.ImageRecord.$Shape): mini_gem5.ImageRecord & mini_gem5.ImageRecord.$Shape;
        static create(properties?: mini_gem5.ImageRecord.$Properties): mini_gem5.ImageRecord;

        /**
         * Encodes the specified ImageRecord message. Does not implicitly {@link mini_gem5.ImageRecord.verify|verify} messages.
         * @param message ImageRecord message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: mini_gem5.ImageRecord.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an ImageRecord message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {mini_gem5.ImageRecord & mini_gem5.ImageRecord.$Shape} ImageRecord
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mini_gem5.ImageRecord & mini_gem5.ImageRecord.$Shape;
    }

    namespace ImageRecord {

        /** Properties of an ImageRecord. */
        interface $Properties {

            /** ImageRecord checksum */
            checksum?: (number|Long);

            /** ImageRecord header */
            header?: (mini_gem5.ImageHeader.$Properties|null);

            /** ImageRecord pages */
            pages?: (mini_gem5.PageBatch.$Properties|null);

            /** ImageRecord end */
            end?: (mini_gem5.ImageEnd.$Properties|null);

            /** ImageRecord body */
            body?: ("header"|"pages"|"end");

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of an ImageRecord. */
        type $Shape = {
          checksum?: number|Long;
          header?: mini_gem5.ImageHeader.$Shape|null;
          pages?: mini_gem5.PageBatch.$Shape|null;
          end?: mini_gem5.ImageEnd.$Shape|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ body?: undefined; header?: null; pages?: null; end?: null }|{ body?: "header"; header: mini_gem5.ImageHeader.$Shape; pages?: null; end?: null }|{ body?: "pages"; header?: null; pages: mini_gem5.PageBatch.$Shape; end?: null }|{ body?: "end"; header?: null; pages?: null; end: mini_gem5.ImageEnd.$Shape })
        );
    }

    /**
     * Properties of an ImageHeader.
     * @deprecated Use mini_gem5.ImageHeader.$Properties instead.
     */
    interface IImageHeader extends mini_gem5.ImageHeader.$Properties {
    }

    /** Represents an ImageHeader. */
    class ImageHeader {

        /**
         * Constructs a new ImageHeader.
         * @param [properties] Properties to set
         */
        constructor(properties?: mini_gem5.ImageHeader.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ImageHeader formatVersion. */
        formatVersion: number;

        /** ImageHeader size. */
        size: (number|Long);

        /** ImageHeader pageSize. */
        pageSize: number;

        /** ImageHeader incremental. */
        incremental: boolean;

        /**
         * Creates a new ImageHeader instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ImageHeader instance
         */
        static create(properties: mini_gem5.ImageHeader.$Shape): mini_gem5.ImageHeader & mini_gem5.ImageHeader.$Shape;
        static create(properties?: mini_gem5.ImageHeader.$Properties): mini_gem5.ImageHeader;

        /**
         * Encodes the specified ImageHeader message. Does not implicitly {@link mini_gem5.ImageHeader.verify|verify} messages.
         * @param message ImageHeader message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: mini_gem5.ImageHeader.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an ImageHeader message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {mini_gem5.ImageHeader & mini_gem5.ImageHeader.$Shape} ImageHeader
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mini_gem5.ImageHeader & mini_gem5.ImageHeader.$Shape;
    }

    namespace ImageHeader {

        /** Properties of an ImageHeader. */
        interface $Properties {

            /** ImageHeader formatVersion */
            formatVersion?: number;

            /** ImageHeader size */
            size?: (number|Long);

            /** ImageHeader pageSize */
            pageSize?: number;

            /** ImageHeader incremental */
            incremental?: boolean;

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an ImageHeader. */
        type $Shape = mini_gem5.ImageHeader.$Properties;
    }

    /**
     * Properties of a PageBatch.
     * @deprecated Use mini_gem5.PageBatch.$Properties instead.
     */
    interface IPageBatch extends mini_gem5.PageBatch.$Properties {
    }

    /** Represents a PageBatch. */
    class PageBatch {

        /**
         * Constructs a new PageBatch.
         * @param [properties] Properties to set
         */
        constructor(properties?: mini_gem5.PageBatch.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** PageBatch range. */
        range: mini_gem5.PageRange[];

        /** PageBatch zero. */
        zero: mini_gem5.PageRange[];

        /** PageBatch dataChecksum. */
        dataChecksum: (number|Long);

        /** PageBatch padding. */
        padding: Uint8Array;

        /** PageBatch data. */
        data: Uint8Array;

        /**
         * Creates a new PageBatch instance using the specified properties.
         * @param [properties] Properties to set
         * @returns PageBatch instance
         */
        static create(properties: mini_gem5.PageBatch.$Shape): mini_gem5.PageBatch & mini_gem5.PageBatch.$Shape;
        static create(properties?: mini_gem5.PageBatch.$Properties): mini_gem5.PageBatch;

        /**
         * Encodes the specified PageBatch message. Does not implicitly {@link mini_gem5.PageBatch.verify|verify} messages.
         * @param message PageBatch message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: mini_gem5.PageBatch.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a PageBatch message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {mini_gem5.PageBatch & mini_gem5.PageBatch.$Shape} PageBatch
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mini_gem5.PageBatch & mini_gem5.PageBatch.$Shape;
    }

    namespace PageBatch {

        /** Properties of a PageBatch. */
        interface $Properties {

            /** PageBatch range */
            range?: mini_gem5.PageRange.$Properties[];

            /** PageBatch zero */
            zero?: mini_gem5.PageRange.$Properties[];

            /** PageBatch dataChecksum */
            dataChecksum?: (number|Long);

            /** PageBatch padding */
            padding?: Uint8Array;

            /** PageBatch data */
            data?: Uint8Array;

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a PageBatch. */
        type $Shape = mini_gem5.PageBatch.$Properties;
    }

    /**
     * Properties of a PageRange.
     * @deprecated Use mini_gem5.PageRange.$Properties instead.
     */
    interface IPageRange extends mini_gem5.PageRange.$Properties {
    }

    /** Represents a PageRange. */
    class PageRange {

        /**
         * Constructs a new PageRange.
         * @param [properties] Properties to set
         */
        constructor(properties?: mini_gem5.PageRange.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** PageRange first. */
        first: (number|Long);

        /** PageRange count. */
        count: (number|Long);

        /**
         * Creates a new PageRange instance using the specified properties.
         * @param [properties] Properties to set
         * @returns PageRange instance
         */
        static create(properties: mini_gem5.PageRange.$Shape): mini_gem5.PageRange & mini_gem5.PageRange.$Shape;
        static create(properties?: mini_gem5.PageRange.$Properties): mini_gem5.PageRange;

        /**
         * Encodes the specified PageRange message. Does not implicitly {@link mini_gem5.PageRange.verify|verify} messages.
         * @param message PageRange message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: mini_gem5.PageRange.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a PageRange message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {mini_gem5.PageRange & mini_gem5.PageRange.$Shape} PageRange
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mini_gem5.PageRange & mini_gem5.PageRange.$Shape;
    }

    namespace PageRange {

        /** Properties of a PageRange. */
        interface $Properties {

            /** PageRange first */
            first?: (number|Long);

            /** PageRange count */
            count?: (number|Long);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a PageRange. */
        type $Shape = mini_gem5.PageRange.$Properties;
    }

    /**
     * Properties of an ImageEnd.
     * @deprecated Use mini_gem5.ImageEnd.$Properties instead.
     */
    interface IImageEnd extends mini_gem5.ImageEnd.$Properties {
    }

    /** Represents an ImageEnd. */
    class ImageEnd {

        /**
         * Constructs a new ImageEnd.
         * @param [properties] Properties to set
         */
        constructor(properties?: mini_gem5.ImageEnd.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ImageEnd recordCount. */
        recordCount: (number|Long);

        /** ImageEnd digest. */
        digest: (number|Long);

        /**
         * Creates a new ImageEnd instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ImageEnd instance
         */
        static create(properties: mini_gem5.ImageEnd.$Shape): mini_gem5.ImageEnd & mini_gem5.ImageEnd.$Shape;
        static create(properties?: mini_gem5.ImageEnd.$Properties): mini_gem5.ImageEnd;

        /**
         * Encodes the specified ImageEnd message. Does not implicitly {@link mini_gem5.ImageEnd.verify|verify} messages.
         * @param message ImageEnd message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: mini_gem5.ImageEnd.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an ImageEnd message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {mini_gem5.ImageEnd & mini_gem5.ImageEnd.$Shape} ImageEnd
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mini_gem5.ImageEnd & mini_gem5.ImageEnd.$Shape;
    }

    namespace ImageEnd {

        /** Properties of an ImageEnd. */
        interface $Properties {

            /** ImageEnd recordCount */
            recordCount?: (number|Long);

            /** ImageEnd digest */
            digest?: (number|Long);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an ImageEnd. */
        type $Shape = mini_gem5.ImageEnd.$Properties;
    }
}
