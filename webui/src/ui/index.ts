/** The design system: screens are made of these parts and of nothing else. `/parts` shows each in every state. */
import "./tokens.css";

export { Badge, Banner, Dot, Empty, Loaded, type Tone } from "./banner";
export { Button, IconButton, Spinner } from "./button";
export { Chart, type Series } from "./chart";
export { Confirm, Dialog } from "./dialog";
export { AreaField, CheckField, ChoiceField, PasswordField, SelectField, TextField, type Option } from "./field";
export { Form, useForm, type FormState } from "./form";
export { Icon, type IconName } from "./icon";
export { Card, CopyText, Menu, Page, Pairs, Qr, Stat, Steps, Tabs, type MenuItem, type Step } from "./page";
export { DataList, PlainTable, useWindow, type Column, type PageOf, type Query, type Selection } from "./table";
export { toast, Toasts } from "./toast";
